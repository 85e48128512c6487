import GRDB
import MusterModel

extension SchoolID: DatabaseValueConvertible {}
extension PersonID: DatabaseValueConvertible {}
extension PartnershipID: DatabaseValueConvertible {}
extension CycleID: DatabaseValueConvertible {}
extension PollID: DatabaseValueConvertible {}
extension TrackID: DatabaseValueConvertible {}
extension SessionID: DatabaseValueConvertible {}
