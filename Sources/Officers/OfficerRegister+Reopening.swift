internal import Audit
package import Cryptography
package import Groundwork
package import Storage

/// The bootstrap anew, by the root's key: when nobody is left who may enrol officers.
extension OfficerRegister {
    /// How far the clock of the machine with the root's key may be ahead of ours.
    private static let clockSkewSeconds: Int64 = 86_400

    /// Takes a statement in: from here on ``openBootstrap(in:)`` opens for the officers that it names, until they are
    /// enrolled or it expires. Taken already and not used, it changes nothing.
    ///
    /// - Parameters:
    ///   - root: a root of this authority, which the caller knows it to be.
    ///   - facts: what the audit says besides, such as the transcript's hash.
    /// - Returns: whether it is new here.
    /// - Throws: `officers.bootstrap-foreign`, `-replayed`, `-older`, `-expired`, `officers.somebody-is-left`, and what
    ///   is wrong with the officers that it names.
    package func takeIn(
        _ statement: BootstrapStatement, signature: [UInt8], root: Certificate,
        facts more: [String: CanonicalJSON] = [:], in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        try statement.verify(signature, by: root)
        if let known = try BootstrapStore.taken(statement.digest, in: transaction) {
            guard !known.isSpent else { throw Refusal(OfficersRefusal.bootstrapReplayed) }
            return false
        }
        let now = surroundings.now()
        guard statement.issuedAt <= now.adding(seconds: Self.clockSkewSeconds), now < statement.expiresAt else {
            throw Refusal(
                OfficersRefusal.bootstrapExpired,
                facts: ["from": statement.issuedAt.shown, "until": statement.expiresAt.shown])
        }
        if let newest = try BootstrapStore.newest(of: statement.root, in: transaction),
            statement.issuedAt <= newest.issuedAt || statement.number <= newest.number
        {
            throw Refusal(OfficersRefusal.bootstrapOlder, facts: ["number": String(newest.number)])
        }
        try checkFirst(statement.officers)
        let left = try somebodyIsLeft(in: transaction)
        guard !left || statement.isRegardless else { throw Refusal(OfficersRefusal.somebodyIsLeft) }
        try BootstrapStore.insert(statement, signature: signature, at: now, in: transaction)
        var facts: [String: CanonicalJSON] = [
            "statement": .string(Hex.encode(statement.digest)), "number": .integer(statement.number),
            "root": .string(Hex.encode(statement.root)), "reason": .string(statement.reason),
            "regardless": .bool(statement.isRegardless), "somebodyLeft": .bool(left),
        ]
        for (name, value) in more where facts[name] == nil { facts[name] = value }
        try record(
            .bootstrapReopened, actor: .bootstrap, subject: Self.firstOfficersSubject, facts: facts, in: transaction)
        return true
    }

    /// Whether two officers could still enrol others, as far as the records say.
    package func somebodyIsLeft(in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        do throws(Refusal) { try checkSomebodyIsLeft(in: transaction) } catch {
            guard error.isBecause(OfficersRefusal.lastAdministrator) else { throw error }
            return false
        }
        return true
    }

    /// The statement that waits for its officers.
    package func openStatement(in transaction: any ReadTransaction) throws(Refusal) -> BootstrapStatement? {
        try BootstrapStore.open(at: surroundings.now(), in: transaction)
    }

    /// How many statements of this root were taken in.
    package static func statements(of root: Certificate, in transaction: any ReadTransaction) throws(Refusal) -> Int64 {
        try BootstrapStore.newest(of: DigestAlgorithm.sha256.hash(root.der), in: transaction)?.number ?? 0
    }

    /// Whether a statement with this digest, as the root key's journal has it, was taken in here.
    package static func knowsStatement(_ digest: [UInt8], in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try BootstrapStore.taken(digest, in: transaction) != nil
    }

    /// What can be said of first officers before anybody has a key: two, with different names, of whom one may enrol
    /// others with the other's approval.
    package func checkFirst(_ officers: [BootstrapStatement.Named]) throws(Refusal) {
        for officer in officers { try check(name: officer.name, roles: officer.roles) }
        guard officers.count == 2, officers[0].name != officers[1].name,
            canEnrolOthers(officers.map(\.roles))
        else { throw Refusal(OfficersRefusal.firstOfficers) }
    }

    /// Whether of two officers with these roles one may request and the other approve that somebody is enrolled.
    func canEnrolOthers(_ roles: [Set<OfficerRole>]) -> Bool {
        let rule = policy.rule(for: .enrolOfficer)
        return zip(roles, roles.reversed()).contains { requester, approver in
            !requester.isDisjoint(with: rule.requesters) && !approver.isDisjoint(with: rule.approvers)
        }
    }

    /// Whoever of before could take part in enrolling officers orders nothing from here on, until the new ones resume
    /// them: nobody knows in whose hands their keys are.
    func suspendAdministrators(
        except new: [Officer], in transaction: any Transaction
    ) throws(Refusal) {
        let rule = policy.rule(for: .enrolOfficer)
        let posts = Set(rule.requesters + rule.approvers)
        for officer in try OfficerStore.all(in: transaction)
        where officer.status == .active && !officer.roles.isDisjoint(with: posts)
            && !new.contains(where: { $0.identifier == officer.identifier })
        {
            try OfficerStore.setStatus(.suspended, of: officer.identifier, in: transaction)
            try record(
                .suspended, actor: .bootstrap, subject: officer.identifier.shown,
                facts: ["grounds": "bootstrap reopened"], in: transaction)
        }
    }
}
