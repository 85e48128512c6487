import GRDB
import MusterModel

extension TrackID: DatabaseValueConvertible {}
extension SessionID: DatabaseValueConvertible {}
