/* libical as an oracle and as a peer.
 *
 * expand FILE FROM TO [ZONE]   every instance in the window, a line of UID, start, end and original start in seconds
 * bench FILE FROM TO ROUNDS    parses, expands and frees so often; prints seconds of the fastest round for parsing and
 *                              for the rest, and its instances
 *
 * The oracle follows libical's own iterator and takes its wall times into moments one by one, since the shorter way,
 * icalcomponent_foreach_recurrence, forgets that clocks change; the peer takes the shorter way, as programs do.
 */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const icaltimezone *local_zone;
static time_t from, to;

static time_t moment(struct icaltimetype t)
{
    const icaltimezone *zone = icaltime_get_timezone(t);
    if (icaltime_is_utc(t)) zone = icaltimezone_get_utc_timezone();
    return icaltime_as_timet_with_zone(t, zone ? zone : local_zone);
}

static struct icaltimetype property_time(icalproperty *p, icalcomponent *c)
{
    return icalproperty_get_datetime_with_component(p, c);
}

struct event {
    const char *uid;
    struct icaltimetype start;
    time_t exact;                     /* seconds, or -1 where the duration is nominal */
    struct icaldurationtype nominal;
};

static time_t end_of(const struct event *e, struct icaltimetype start)
{
    if (e->exact >= 0) return moment(start) + e->exact;
    struct icaldurationtype days = e->nominal, rest = e->nominal;
    days.hours = days.minutes = days.seconds = 0;
    rest.days = rest.weeks = 0;
    return moment(icaltime_add(start, days)) + icaldurationtype_as_int(rest);
}

static void show(const char *uid, time_t start, time_t end, time_t original, int recurs)
{
    if (!(start < to && (end > from || (start == end && start >= from)))) return;
    printf("%s\t%lld\t%lld\t", uid ? uid : "", (long long)start, (long long)end);
    if (recurs) printf("%lld\n", (long long)original); else printf("-\n");
}

static int is_overridden(icalcomponent *calendar, icalcomponent *event, time_t start)
{
    const char *uid = icalcomponent_get_uid(event);
    icalcomponent *c;
    icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
    for (; (c = icalcompiter_deref(&i)); icalcompiter_next(&i)) {
        icalproperty *id = icalcomponent_get_first_property(c, ICAL_RECURRENCEID_PROPERTY);
        const char *other = icalcomponent_get_uid(c);
        if (c == event || !id || !uid || !other || strcmp(uid, other)) continue;
        if (moment(property_time(id, c)) == start) return 1;
    }
    return 0;
}

static void instance(icalcomponent *calendar, icalcomponent *c, struct event *e, struct icaltimetype t, int recurs)
{
    struct icaltimetype start = e->start;
    time_t at = moment(t);
    if (icalproperty_recurrence_is_excluded(c, &start, &t) || is_overridden(calendar, c, at)) return;
    show(e->uid, at, end_of(e, t), at, recurs);
}

/* The properties of a kind; libical's own iterator stands still for nobody else. */
static int properties(icalcomponent *c, icalproperty_kind kind, icalproperty **found, int most)
{
    int count = 0;
    for (icalproperty *p = icalcomponent_get_first_property(c, kind); p && count < most;
         p = icalcomponent_get_next_property(c, kind))
        found[count++] = p;
    return count;
}

static void expand_event(icalcomponent *calendar, icalcomponent *c)
{
    struct event e = {icalcomponent_get_uid(c), icalcomponent_get_dtstart(c), 0, icaldurationtype_null_duration()};
    icalproperty *p, *id = icalcomponent_get_first_property(c, ICAL_RECURRENCEID_PROPERTY);
    if (icaltime_is_null_time(e.start)) return;
    if ((p = icalcomponent_get_first_property(c, ICAL_DTEND_PROPERTY))) {
        struct icaltimetype end = property_time(p, c);
        if (e.start.is_date && end.is_date) {
            e.exact = -1;
            e.nominal.days = icaldurationtype_as_int(icaltime_subtract(end, e.start)) / 86400;
        } else {
            e.exact = moment(end) - moment(e.start);
        }
    } else if ((p = icalcomponent_get_first_property(c, ICAL_DURATION_PROPERTY))) {
        e.exact = -1;
        e.nominal = icalproperty_get_duration(p);
    } else if (e.start.is_date) {
        e.exact = -1;
        e.nominal.days = 1;
    }
    if (id) {
        show(e.uid, moment(e.start), end_of(&e, e.start), moment(property_time(id, c)), 1);
        return;
    }
    int recurs = icalcomponent_get_first_property(c, ICAL_RRULE_PROPERTY) ||
                 icalcomponent_get_first_property(c, ICAL_RDATE_PROPERTY);
    instance(calendar, c, &e, e.start, recurs);
    icalproperty *found[1000];
    int number = properties(c, ICAL_RRULE_PROPERTY, found, 1000);
    for (int k = 0; k < number; k++) {
        icalrecur_iterator *i = icalrecur_iterator_new(icalproperty_get_rrule(found[k]), e.start);
        if (!i) continue;
        for (struct icaltimetype t = icalrecur_iterator_next(i); !icaltime_is_null_time(t) && moment(t) < to;
             t = icalrecur_iterator_next(i))
            if (icaltime_compare(t, e.start) != 0) instance(calendar, c, &e, t, 1);
        icalrecur_iterator_free(i);
    }
    number = properties(c, ICAL_RDATE_PROPERTY, found, 1000);
    for (int k = 0; k < number; k++) {
        struct icaldatetimeperiodtype value = icalproperty_get_rdate(found[k]);
        struct icaltimetype t = property_time(found[k], c);
        if (!icaltime_is_null_time(value.time)) {
            if (icaltime_compare(t, e.start) != 0) instance(calendar, c, &e, t, 1);
        } else if (!icaltime_is_null_time(value.period.start)) {
            time_t start = moment(value.period.start);
            time_t end = icaltime_is_null_time(value.period.end)
                             ? start + icaldurationtype_as_int(value.period.duration) : moment(value.period.end);
            show(e.uid, start, end, start, 1);
        }
    }
}

static void for_calendars(icalcomponent *root, void (*body)(icalcomponent *, icalcomponent *))
{
    if (icalcomponent_isa(root) == ICAL_XROOT_COMPONENT) {
        for (icalcomponent *c = icalcomponent_get_first_component(root, ICAL_ANY_COMPONENT); c;
             c = icalcomponent_get_next_component(root, ICAL_ANY_COMPONENT))
            for_calendars(c, body);
        return;
    }
    icalcomponent *c;
    icalcompiter i = icalcomponent_begin_component(root, ICAL_VEVENT_COMPONENT);
    for (; (c = icalcompiter_deref(&i)); icalcompiter_next(&i)) body(root, c);
    if (icalcomponent_isa(root) == ICAL_VEVENT_COMPONENT) body(root, root);
}

static char *contents(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) exit(66);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (fread(text, 1, size, file) != (size_t)size) exit(66);
    text[size] = 0;
    fclose(file);
    return text;
}

static long count;
static void add(icalcomponent *c, struct icaltime_span *span, void *data) { (void)c; (void)span; (void)data; count++; }

static void recur(icalcomponent *root, icalcomponent *c)
{
    (void)root;
    icalcomponent_foreach_recurrence(c, icaltime_from_timet_with_zone(from, 0, icaltimezone_get_utc_timezone()),
                                     icaltime_from_timet_with_zone(to, 0, icaltimezone_get_utc_timezone()), add, NULL);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc < 5) return 64;
    from = atoll(argv[3]);
    to = atoll(argv[4]);
    char *text = contents(argv[2]);
    if (!strcmp(argv[1], "expand")) {
        alarm(20);
        const char *zone = argc > 5 ? argv[5] : "UTC";
        local_zone = strcmp(zone, "UTC") ? icaltimezone_get_builtin_timezone(zone) : icaltimezone_get_utc_timezone();
        icalcomponent *root = icalparser_parse_string(text);
        if (!root) return 65;
        for_calendars(root, expand_event);
        return 0;
    }
    double parsing = 1e9, expanding = 1e9;
    for (int round = atoi(argv[5]); round > 0; round--) {
        double begin = now();
        icalcomponent *root = icalparser_parse_string(text);
        double middle = now();
        count = 0;
        for_calendars(root, recur);
        icalcomponent_free(root);
        double end = now();
        if (end - begin >= parsing + expanding) continue;
        parsing = middle - begin;
        expanding = end - middle;
    }
    printf("%f %f %ld\n", parsing, expanding, count);
    return 0;
}
