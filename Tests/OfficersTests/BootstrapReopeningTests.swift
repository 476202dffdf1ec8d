import Cryptography
import Groundwork
import Officers
import Storage
import Testing

/// When nobody is left who may enrol officers, a statement of the root's key opens the bootstrap once more.
@Suite struct BootstrapReopeningTests {
    private let authority: Authority
    private let root: KeyedOfficerSigner
    private let named = [
        BootstrapStatement.Named(name: "陈静", roles: [.superAdministrator, .operator]),
        BootstrapStatement.Named(name: "赵敏", roles: [.auditAdministrator, .reviewer]),
    ]

    init() async throws {
        authority = try Authority()
        root = try await Authority.signer("root")
    }

    private func statement(
        _ number: Int64 = 1, of root: KeyedOfficerSigner? = nil, regardless: Bool = false,
        for officers: [BootstrapStatement.Named]? = nil
    ) -> BootstrapStatement {
        BootstrapStatement(
            root: (root ?? self.root).certificate, number: number, officers: officers ?? named, reason: "证书均已到期",
            isRegardless: regardless, in: authority.surroundings)
    }

    @discardableResult
    private func takeIn(_ statement: BootstrapStatement, signer: KeyedOfficerSigner? = nil) async throws -> Bool {
        let signature = try await (signer ?? root).sign(statement.signedBytes)
        let (register, root) = (authority.register, root.certificate)
        return try await authority.database.write {
            try register.takeIn(statement, signature: signature, root: root, in: $0)
        }
    }

    private func enrol(_ names: [BootstrapStatement.Named]) async throws -> [Officer] {
        let register = authority.register
        var enrolments: [OfficerEnrolment] = []
        for one in names {
            enrolments.append(
                OfficerEnrolment(
                    name: one.name, roles: one.roles, certificate: try await Authority.signer(one.name).certificate))
        }
        let all = enrolments
        return try await authority.database.write {
            try register.enrolFirstOfficers(all, authorisedBy: register.openBootstrap(in: $0), in: $0)
        }
    }

    /// Both certificates of the first officers have ended.
    private func everybodyIsGone() async throws -> Authority.Pair {
        let pair = try await authority.founded()
        authority.setClock(Authority.noon.adding(days: 364))
        for one in pair.officers { authority.revoke(one.certificate) }
        return pair
    }

    @Test func itEnrolsTheOfficersThatItNamesOnceAndIsVoid() async throws {
        let pair = try await everybodyIsGone()
        let register = authority.register
        await #expect(throws: Refusal(OfficersRefusal.bootstrapVoid)) { _ = try await enrol(named) }
        let first = statement()
        #expect(try await takeIn(first))
        #expect(try await takeIn(first) == false)
        // Nobody but those whom it names.
        let others = [named[0], BootstrapStatement.Named(name: "别人", roles: named[1].roles)]
        await #expect(throws: Refusal(OfficersRefusal.firstOfficers)) { _ = try await enrol(others) }
        let officers = try await enrol(named)
        #expect(Set(officers.map(\.name)) == ["陈静", "赵敏"])
        // Whoever could enrol others before orders nothing, until the new ones say so.
        let before = try await register.officers().filter { old in
            pair.officers.contains { $0.identifier == old.identifier }
        }
        #expect(before.count == 2 && before.allSatisfy { $0.status == .suspended })
        await #expect(throws: Refusal(OfficersRefusal.bootstrapVoid)) { _ = try await enrol(named) }
        await #expect(throws: Refusal(OfficersRefusal.bootstrapReplayed)) { try await takeIn(first) }
        let audited = try await authority.database.read { transaction in
            try transaction.query("SELECT act FROM audit_event").map { row throws(Refusal) in try row.text("act") }
        }
        for act in ["officer.bootstrap.reopened", "officer.bootstrap.spent", "officer.suspended"] {
            #expect(audited.contains(act), "\(act)")
        }
    }

    @Test func whileSomebodyIsLeftItTakesTheWordThatTheirKeysAreLost() async throws {
        _ = try await authority.founded()
        await #expect(throws: Refusal(OfficersRefusal.somebodyIsLeft)) { try await takeIn(statement()) }
        #expect(try await takeIn(statement(regardless: true)))
        _ = try await enrol(named)
    }

    @Test func anotherAuthoritysAnOldAndAnExpiredOneAreRefused() async throws {
        _ = try await everybodyIsGone()
        let other = try await Authority.signer("another root")
        await #expect(throws: Refusal(OfficersRefusal.bootstrapForeign)) {
            try await takeIn(statement(of: other), signer: other)
        }
        await #expect(throws: Refusal(OfficersRefusal.bootstrapForeign)) {
            try await takeIn(statement(), signer: other)
        }
        let early = statement()
        authority.setClock(Authority.noon.adding(days: 365))
        #expect(try await takeIn(statement(2)))
        await #expect(throws: Refusal(OfficersRefusal.bootstrapOlder)) { try await takeIn(early) }
        // The newer one ends the older: what was not used in its time opens nothing.
        authority.setClock(Authority.noon.adding(days: 365 + BootstrapStatement.validDays))
        await #expect(throws: Refusal(OfficersRefusal.bootstrapVoid)) { _ = try await enrol(named) }
        await #expect(throws: Refusal(OfficersRefusal.bootstrapExpired)) { try await takeIn(early) }
        let late = statement(3)
        authority.setClock(Authority.noon.adding(days: 365))
        await #expect(throws: Refusal(OfficersRefusal.bootstrapExpired)) { try await takeIn(late) }
    }

    @Test func officersWhoCouldNotEnrolOthersAreRefusedBeforeAnybodyHasAKey() async throws {
        _ = try await everybodyIsGone()
        for officers in [
            [named[0]], [named[0], named[0]], [named[0], .init(name: "赵敏", roles: [.reviewer])],
        ] {
            await #expect(throws: Refusal(OfficersRefusal.firstOfficers)) {
                try await takeIn(statement(for: officers))
            }
        }
        await #expect(throws: Refusal(OfficersRefusal.incompatibleRoles)) {
            try await takeIn(statement(for: [named[0], .init(name: "赵敏", roles: [.auditAdministrator, .operator])]))
        }
    }

    /// The encoding of version 1, read for ever.
    @Test func theEncodingIsReadForEver() throws {
        let bytes = Array(
            #"{"expiresAt":1792592000000,"issuedAt":1790000000000,"nonce":"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f","number":1,"officers":[{"name":"陈静","roles":["operator","superAdministrator"]},{"name":"赵敏","roles":["auditAdministrator","reviewer"]}],"reason":"证书均已到期","regardless":false,"root":"abababababababababababababababababababababababababababababababab","version":1}"#
                .utf8)
        let read = try BootstrapStatement(bytes: bytes)
        #expect(read.bytes == bytes && read.officers == named && read.number == 1 && !read.isRegardless)
        #expect(read.issuedAt == Authority.noon && read.expiresAt == Authority.noon.adding(days: 30))
        #expect(read.signedBytes == Array("YZT-BOOTSTRAP-1\u{0}".utf8) + bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        for (part, other) in [
            ("\"version\":1", "\"version\":2"), ("\"number\":1", "\"number\":0"), ("operator", "emperor"),
            ("\"nonce\":\"00", "\"nonce\":\"0"), ("}]", "}] "), ("\"regardless\":false", "\"regardless\":0"),
        ] {
            #expect(throws: Refusal(OfficersRefusal.bootstrapMalformed)) {
                try BootstrapStatement(bytes: Array(text.replacing(part, with: other).utf8))
            }
        }
    }
}
