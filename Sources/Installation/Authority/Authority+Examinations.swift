internal import CertificateProfiles
internal import Groundwork
package import LongTermEvidence
package import Reconciliation
package import Storage

import CertificateRecords

extension Authority {
    /// Whether somebody has begun to make an authority in this store: whatever keys there are by its names are its own.
    package static func hasBegun(in database: Database) async throws -> Bool {
        try await database.read { try AuthoritySetting.value("status-base", in: $0) != nil }
    }

    /// A pass over this authority's store.
    package func recheck(observer: @escaping RecheckObserver = { _ in }) -> StoreRecheck {
        StoreRecheck(
            database: database, audit: audit, surroundings: surroundings, policies: policies, observer: observer)
    }

    /// Keys and certificates that end from now on, for so many weeks.
    package func expiryForecast(weeks: Int) async throws -> ExpiryForecast {
        let now = surroundings.now()
        return try await database.read { try ExpiryForecast(from: now, weeks: weeks, in: $0) }
    }
}

extension TimedPruning {
    /// Over one authority's store.
    package init(_ authority: Authority, _ kinds: [RetainedRecords]) {
        self.init(
            database: authority.database, audit: authority.audit, surroundings: authority.surroundings,
            policies: authority.policies, clock: authority.clock, kinds)
    }
}
