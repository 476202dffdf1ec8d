package import Audit
internal import CertificateProfiles
package import CertificateRecords
package import Groundwork
package import Officers
package import Storage
internal import Synchronization

/// A moment that a token may state, and how far it may be from the truth.
package struct TrustedTime: Hashable, Sendable {
    /// The moment.
    package let now: Instant
    /// `nil` where nobody answers for the clock: an evaluation.
    package let errorMilliseconds: Int64?
    /// On whose word.
    package let trust: ClockTrust
}

/// The clock of this machine, believed only while the kernel says that a time server keeps it, or officers gave their
/// word, and only as long as nobody set it (RFC 3628, 7.3.2: a time stamp authority that loses its accuracy stops).
///
/// A step shows as a change of the difference between the wall clock and the time since boot. It is remembered in the
/// store, so that every process of this machine, also a later one, knows of it. What was set while the machine was off
/// shows where it was set back: the newest checkpoint is later.
package final class TrustedClock: Sendable {
    private let database: Database
    private let audit: AuditLog
    private let surroundings: Surroundings
    private let policies: PolicyStore
    private let memory = Mutex(Memory())

    /// What one process remembers.
    private struct Memory {
        /// The last moment that a token stated.
        var stated: Instant?
        /// Since when (milliseconds since boot) every look found the kernel's clock synchronised.
        var synchronisedSince: Int64?
        /// The offset of the last look: a new step begins the settling anew.
        var offset: Int64?
    }

    /// Over the marks that the store keeps of the clock.
    package init(database: Database, audit: AuditLog, surroundings: Surroundings, policies: PolicyStore) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.policies = policies
    }

    /// The time for a token. It never goes back within a process.
    /// - Throws: `certificate-authority.clock-untrusted`, to be tried again later.
    package func time() async throws -> TrustedTime {
        let rules = try await policies.current().certificates.timeStamps.clock
        let observation = ClockObservation(in: surroundings)
        let trust: ClockTrust
        switch try await look(observation, rules) {
        case .trusted(let found): trust = found
        case .untrusted(let distrust): throw TrustedClock.refusal(distrust)
        }
        let now = observation.now
        let wentBack = memory.withLock { memory in
            if let stated = memory.stated, now.truncatedToSecond < stated.truncatedToSecond { return true }
            memory.stated = max(memory.stated ?? now, now)
            return false
        }
        if wentBack { throw TrustedClock.refusal(.wentBack) }
        let error: Int64? =
            switch trust {
            case .synchronised(let milliseconds): milliseconds
            case .word: Int64(rules.wordAccuracyMilliseconds)
            case .evaluation: nil
            }
        return TrustedTime(now: now, errorMilliseconds: error, trust: trust)
    }

    /// Looks at the clock, and remembers and audits what happened to it. Called before each token and once a minute.
    @discardableResult
    package func watch() async throws -> ClockVerdict {
        let rules = try await policies.current().certificates.timeStamps.clock
        return try await look(ClockObservation(in: surroundings), rules)
    }

    private func look(
        _ observation: ClockObservation, _ rules: CertificatePolicy.ClockRules
    ) async throws -> ClockVerdict {
        let reading = observation.reading
        let synchronisedFor = memory.withLock { memory -> Int64 in
            let isSet = memory.offset.map { abs($0 - observation.offset) > Int64(rules.stepMilliseconds) } ?? false
            memory.offset = observation.offset
            if !reading.isSynchronised || isSet { memory.synchronisedSince = nil }
            guard reading.isSynchronised else { return 0 }
            let since = memory.synchronisedSince ?? reading.millisecondsSinceBoot
            memory.synchronisedSince = since
            return reading.millisecondsSinceBoot - since
        }
        let (mark, word, stated) = try await database.read { [audit] transaction in
            (
                try ClockStore.mark(boot: reading.boot, in: transaction),
                try ClockStore.word(boot: reading.boot, in: transaction),
                try audit.newestCheckpoint(in: transaction)?.checkpoint.time
            )
        }
        let verdict = ClockJudgement.verdict(
            observation, mark: mark, word: word, stated: stated, synchronisedFor: synchronisedFor, rules: rules)
        try await remember(observation, verdict, mark, rules)
        return verdict
    }

    /// Stores what changed: the first good look of a run, a step, its end.
    private func remember(
        _ observation: ClockObservation, _ verdict: ClockVerdict, _ mark: ClockMark?,
        _ rules: CertificatePolicy.ClockRules
    ) async throws {
        let reading = observation.reading
        let step = ClockJudgement.step(observation, since: mark, rules: rules)
        let next: ClockMark
        var event: (TimeStampingAct, Int64)?
        switch (verdict, step) {
        case (.trusted, nil) where mark == nil || mark?.stepped != nil:
            // The first look, or the clock is back where it was.
            next = ClockMark(boot: reading.boot, offset: mark?.offset ?? observation.offset)
            if mark != nil { event = (.clockSettled, 0) }
        case (.trusted(.synchronised), let step?):
            next = ClockMark(boot: reading.boot, offset: observation.offset)
            event = (.clockSettled, step)
        case (.untrusted, let step?):
            let isKnown =
                mark?.stepped.map { abs($0 - observation.offset) <= Int64(rules.stepMilliseconds) } ?? false
            guard let mark, !isKnown else { return }
            next = ClockMark(boot: mark.boot, offset: mark.offset, stepped: observation.offset)
            event = (.clockStepped, step)
        default: return
        }
        let happened = event
        try await database.write { [audit] transaction in
            guard try ClockStore.mark(boot: reading.boot, in: transaction) == mark else { return }
            try ClockStore.set(next, at: observation.now, in: transaction)
            guard let (act, step) = happened else { return }
            try audit.record(
                AuditEvent(
                    act: act, actor: .system, subject: "clock",
                    facts: ["boot": .string(reading.boot), "milliseconds": .integer(step)]), in: transaction)
        }
    }

    /// The refusal `clock-untrusted`, with its cause.
    package static func refusal(_ distrust: ClockDistrust) -> Refusal {
        Refusal(
            TimeStampingRefusal.clockUntrusted, detail: distrust.text.en,
            facts: ["cause": distrust.text.zh, "causeEnglish": distrust.text.en])
    }
}

extension TrustedClock {
    /// What an officer signs who has compared the machine's clock with another: the moment that it showed, its place in
    /// this run of the machine, and for how many hours the word stands.
    package func request(
        toTrustForHours hours: Int, justification: String
    ) async throws -> CanonicalRequest {
        let rules = try await policies.current().certificates.timeStamps.clock
        guard (1...rules.longestWordHours).contains(hours) else {
            throw Refusal(
                TimeStampingRefusal.wordTooLong, facts: ["hours": String(rules.longestWordHours)])
        }
        let observation = ClockObservation(in: surroundings)
        return CanonicalRequest(
            .trustClock, subject: "clock:\(observation.reading.boot)",
            parameters: TrustedClock.parameters(
                hours: Int64(hours), offset: observation.offset, shown: observation.now.rfc3339), reason: justification,
            in: surroundings)
    }

    private static func parameters(hours: Int64, offset: Int64, shown: String) -> [String: CanonicalJSON] {
        ["hours": .integer(hours), "offset": .integer(offset), "shown": .string(shown)]
    }

    /// Takes the officer's word: the clock was right at the moment that was signed, and was not set since.
    package func trust(by authorisation: Authorisation) async throws {
        let rules = try await policies.current().certificates.timeStamps.clock
        let observation = ClockObservation(in: surroundings)
        let boot = observation.reading.boot
        guard let hours = authorisation.parameters["hours"]?.integer,
            (1...Int64(rules.longestWordHours)).contains(hours),
            let offset = authorisation.parameters["offset"]?.integer,
            let shown = authorisation.parameters["shown"]?.string
        else {
            // Whichever it is that this is no order for.
            try authorisation.require(.trustClock, subject: "clock:\(boot)", parameters: [:])
            throw Refusal(TimeStampingRefusal.wrongAuthorisation, detail: "not a word about a clock")
        }
        try authorisation.require(
            .trustClock, subject: "clock:\(boot)",
            parameters: TrustedClock.parameters(hours: hours, offset: offset, shown: shown))
        guard abs(observation.offset - offset) <= Int64(rules.stepMilliseconds) else {
            throw TrustedClock.refusal(.stepped(milliseconds: observation.offset - offset))
        }
        let given = authorisation.request.issuedAt
        let word = ClockWord(
            boot: boot, offset: offset, givenAt: given, until: given.adding(seconds: hours * 3600))
        try await database.write { [audit] transaction in
            try authorisation.spend(in: transaction)
            try ClockStore.add(
                word, officer: authorisation.actor.stored, reason: authorisation.request.reason, in: transaction)
            try ClockStore.set(ClockMark(boot: boot, offset: offset), at: observation.now, in: transaction)
            try audit.record(
                AuditEvent(
                    act: TimeStampingAct.clockTrusted, actor: authorisation.actor, subject: "clock",
                    facts: [
                        "boot": .string(boot), "hours": .integer(hours), "shown": .string(shown),
                        "until": .string(word.until.rfc3339),
                    ]), in: transaction)
        }
    }

    /// Everything that an operator wants to see of the clock.
    package struct Status: Sendable {
        package let now: Instant
        package let reading: ClockReading
        package let verdict: ClockVerdict
    }

    /// The clock as it is at this moment, judged by the policy in force.
    package func status() async throws -> Status {
        let rules = try await policies.current().certificates.timeStamps.clock
        let observation = ClockObservation(in: surroundings)
        return Status(
            now: observation.now, reading: observation.reading, verdict: try await look(observation, rules))
    }
}
