#include <zlib.h>

/* inflateInit2 is a macro, which Swift does not see. The number asks for a gzip header. */
static inline int CZlib_beginGzip(z_streamp stream) { return inflateInit2(stream, 16 + MAX_WBITS); }
