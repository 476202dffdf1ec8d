import Cryptography
import Groundwork
import Officers
import Storage
import Testing

@Suite struct BootstrapTests {
    @Test func theBootstrapEnrolsTwoOfficersOnceAndIsVoid() async throws {
        let authority = try Authority()
        let register = authority.register
        let bootstrap = try await authority.database.write { try register.openBootstrap(in: $0) }
        #expect(bootstrap.permits(.issueOfficerCertificate, subject: "any"))
        #expect(bootstrap.permits(.enrolOfficer, subject: "first-officers"))
        for act in OfficerAct.allCases where act != .issueOfficerCertificate && act != .enrolOfficer {
            #expect(!bootstrap.permits(act, subject: "first-officers"))
            #expect(throws: Refusal(OfficersRefusal.wrongAct)) {
                try bootstrap.require(act, subject: "first-officers", parameters: [:])
            }
        }
        try await authority.spend(bootstrap)
        let enrolments = try await Self.enrolments()
        let officers = try await authority.database.write {
            try register.enrolFirstOfficers(enrolments, authorisedBy: bootstrap, in: $0)
        }
        #expect(officers.map(\.name) == ["王芳", "李强"])
        #expect(try await Set(register.officers()) == Set(officers))

        await #expect(throws: Refusal(OfficersRefusal.bootstrapVoid)) { try await authority.spend(bootstrap) }
        let others = try await Self.enrolments()
        await #expect(throws: Refusal(OfficersRefusal.bootstrapVoid)) {
            try await authority.database.write {
                try register.enrolFirstOfficers(others, authorisedBy: bootstrap, in: $0)
            }
        }
        await #expect(throws: Refusal(OfficersRefusal.bootstrapVoid)) {
            try await authority.database.write { try register.openBootstrap(in: $0) }
        }
    }

    @Test func openingAgainAfterAnInterruptionVoidsTheEarlierOne() async throws {
        let authority = try Authority()
        let register = authority.register
        let first = try await authority.database.write { try register.openBootstrap(in: $0) }
        let second = try await authority.database.write { try register.openBootstrap(in: $0) }
        await #expect(throws: Refusal(OfficersRefusal.bootstrapVoid)) { try await authority.spend(first) }
        try await authority.spend(second)
    }

    @Test func theFirstTwoMustBeAbleToEnrolOthers() async throws {
        let authority = try Authority()
        let register = authority.register
        let bootstrap = try await authority.database.write { try register.openBootstrap(in: $0) }
        let good = try await Self.enrolments()
        let powerless = OfficerEnrolment(
            name: "李强", roles: [.reviewer], certificate: good[1].certificate)
        for enrolments in [[good[0]], [good[0], powerless], good + [powerless]] {
            await #expect(throws: Refusal(OfficersRefusal.firstOfficers)) {
                try await authority.database.write {
                    try register.enrolFirstOfficers(enrolments, authorisedBy: bootstrap, in: $0)
                }
            }
        }
        await #expect(throws: Refusal(OfficersRefusal.certificateTaken)) {
            try await authority.database.write {
                try register.enrolFirstOfficers(
                    [
                        good[0],
                        OfficerEnrolment(name: "李强", roles: good[1].roles, certificate: good[0].certificate),
                    ], authorisedBy: bootstrap, in: $0)
            }
        }
        #expect(try await register.officers().isEmpty)
        _ = try await authority.database.write {
            try register.enrolFirstOfficers(good, authorisedBy: bootstrap, in: $0)
        }
    }

    static func enrolments() async throws -> [OfficerEnrolment] {
        [
            OfficerEnrolment(
                name: "王芳", roles: Authority.firstRoles, certificate: try await Authority.signer("王芳").certificate),
            OfficerEnrolment(
                name: "李强", roles: Authority.secondRoles, certificate: try await Authority.signer("李强").certificate),
        ]
    }
}

@Suite struct OfficerLifeTests {
    let authority: Authority
    let pair: Authority.Pair
    var register: OfficerRegister { authority.register }

    init() async throws {
        authority = try Authority()
        pair = try await authority.founded()
    }

    private func enrol(
        _ name: String, _ roles: Set<OfficerRole>, _ signer: KeyedOfficerSigner
    ) async throws -> Officer {
        let enrolment = OfficerEnrolment(name: name, roles: roles, certificate: signer.certificate)
        let authorisation = try await register.authorise(
            OfficerRegister.request(toEnrol: enrolment, reason: "新聘", in: authority.surroundings),
            by: [pair.requester, pair.approver])
        let register = self.register
        return try await authority.database.write {
            try register.enrol(enrolment, authorisedBy: authorisation, in: $0)
        }
    }

    @Test func anOfficersCertificateLeadsToTheOrdersThatGaveItToTheOfficer() async throws {
        let (first, second) = (try await Authority.signer("张敏"), try await Authority.signer("张敏"))
        let officer = try await enrol("张敏", [.reviewer], first)
        let roles = try await register.authorise(
            OfficerRegister.request(
                toChange: officer, roles: [.operator], reason: "调岗", in: authority.surroundings),
            by: [pair.requester, pair.approver])
        let change = try await register.authorise(
            OfficerRegister.request(
                toExchange: officer, for: second.certificate, reason: "换证",
                in: authority.surroundings), by: [pair.requester, pair.approver])
        let register = self.register
        try await authority.database.write {
            _ = try register.changeRoles(of: officer.identifier, to: [.operator], authorisedBy: roles, in: $0)
            _ = try register.changeCertificate(
                of: officer.identifier, to: second.certificate, authorisedBy: change, in: $0)
        }
        func acts(_ certificate: Certificate) async throws -> [OfficerAct] {
            try await authority.database.read { transaction in
                let wanted = try OrderArchive.aboutOfficer(
                    certificate: certificate.der, fingerprint: OfficerRegister.fingerprint(certificate),
                    in: transaction)
                return try OrderArchive.lines(wanted, in: transaction).compactMap { line in
                    try line["request"]?.string.flatMap { Base64.decode($0) }.map {
                        try CanonicalRequest(bytes: $0).act
                    }
                }
            }
        }
        #expect(try await acts(first.certificate) == [.enrolOfficer])
        #expect(try await acts(second.certificate) == [.changeOfficer])
        #expect(try await acts(Authority.signer("谁").certificate).isEmpty)
    }

    @Test func twoOfficersEnrolAThirdWhoThenWorks() async throws {
        let signer = try await Authority.signer("张敏", family: .sm2)
        let officer = try await enrol("张敏", [.operator], signer)
        let read = try await authority.database.read { [register] in
            try register.officer(certificate: signer.certificate, in: $0)
        }
        #expect(read == officer)
        try await authority.spend(
            try await register.authorise(authority.request(.enrolKey, subject: "91"), by: [signer]))
    }

    @Test func whatIsEnrolledIsWhatWasSigned() async throws {
        let signer = try await Authority.signer("张敏")
        let signed = OfficerEnrolment(name: "张敏", roles: [.operator], certificate: signer.certificate)
        let authorisation = try await register.authorise(
            OfficerRegister.request(toEnrol: signed, reason: "新聘", in: authority.surroundings),
            by: [pair.requester, pair.approver])
        let more = OfficerEnrolment(
            name: "张敏", roles: [.operator, .businessAdministrator], certificate: signer.certificate)
        let other = OfficerEnrolment(
            name: "张敏", roles: [.operator], certificate: try await Authority.signer("张敏").certificate)
        for (enrolment, reason) in [(more, OfficersRefusal.wrongParameters), (other, .wrongSubject)] {
            let register = self.register
            await #expect(throws: Refusal(reason)) {
                try await authority.database.write {
                    try register.enrol(enrolment, authorisedBy: authorisation, in: $0)
                }
            }
        }
    }

    @Test(
        arguments: [
            ("张敏", [.operator, .reviewer], .incompatibleRoles), ("张敏", [], .noRoles), ("", [.operator], .nameForm),
            (String(repeating: "张", count: 65), [.operator], .nameForm), ("张\u{202E}敏", [.operator], .nameForm),
        ] as [(String, Set<OfficerRole>, OfficersRefusal)])
    func badEnrolmentsAreRefused(name: String, roles: Set<OfficerRole>, reason: OfficersRefusal) async throws {
        let signer = try await Authority.signer("x")
        await #expect(throws: Refusal(reason)) { try await enrol(name, roles, signer) }
    }

    @Test func aSuspendedOfficersOrdersAreVoidAtOnce() async throws {
        let signer = try await Authority.signer("张敏")
        let officer = try await enrol("张敏", [.operator], signer)
        let waiting = try await register.authorise(authority.request(.enrolKey), by: [signer])
        let suspension = try await register.authorise(
            OfficerRegister.request(
                .suspendOfficer, officer: officer, reason: "离岗", in: authority.surroundings),
            by: [pair.requester])
        try await authority.database.write { [register] in
            try register.suspend(officer.identifier, authorisedBy: suspension, in: $0)
        }
        await #expect(throws: Refusal(OfficersRefusal.officerSuspended)) { try await authority.spend(waiting) }
        await #expect(throws: Refusal(OfficersRefusal.officerSuspended)) {
            try await register.authorise(authority.request(.enrolKey), by: [signer])
        }
        let resumption = try await register.authorise(
            OfficerRegister.request(
                .resumeOfficer, officer: officer, reason: "返岗", in: authority.surroundings),
            by: [pair.requester, pair.approver])
        try await authority.database.write { [register] in
            try register.resume(officer.identifier, authorisedBy: resumption, in: $0)
        }
        try await authority.spend(waiting)
    }

    @Test func nobodyCanLockTheAuthorityOut() async throws {
        let other = pair.officers[1]
        let second = other.identifier
        let suspension = try await register.authorise(
            OfficerRegister.request(.suspendOfficer, officer: other, reason: "误", in: authority.surroundings),
            by: [pair.requester])
        let register = self.register
        await #expect(throws: Refusal(OfficersRefusal.lastAdministrator)) {
            try await authority.database.write { try register.suspend(second, authorisedBy: suspension, in: $0) }
        }
        let change = try await register.authorise(
            OfficerRegister.request(toChange: other, roles: [.reviewer], reason: "误", in: authority.surroundings),
            by: [pair.requester, pair.approver])
        await #expect(throws: Refusal(OfficersRefusal.lastAdministrator)) {
            try await authority.database.write {
                try register.changeRoles(of: second, to: [.reviewer], authorisedBy: change, in: $0)
            }
        }
        #expect(try await Set(register.officers()) == Set(pair.officers))
    }

    @Test func aReplacedCertificateNoLongerSigns() async throws {
        let old = try await Authority.signer("张敏")
        let officer = try await enrol("张敏", [.operator], old)
        let new = try await Authority.signer("张敏")
        let change = try await register.authorise(
            OfficerRegister.request(
                toExchange: officer, for: new.certificate, reason: "更新", in: authority.surroundings),
            by: [pair.requester, pair.approver])
        try await authority.database.write { [register] in
            try register.changeCertificate(
                of: officer.identifier, to: new.certificate, authorisedBy: change, in: $0)
        }
        await #expect(throws: Refusal(OfficersRefusal.unknownCertificate)) {
            try await register.authorise(authority.request(.enrolKey), by: [old])
        }
        _ = try await register.authorise(authority.request(.enrolKey), by: [new])
        // A key that once was somebody's is nobody else's.
        await #expect(throws: Refusal(OfficersRefusal.certificateTaken)) { try await enrol("赵磊", [.operator], old) }
    }

    @Test func rolesChangeByOrder() async throws {
        let signer = try await Authority.signer("张敏")
        let officer = try await enrol("张敏", [.operator], signer)
        let change = try await register.authorise(
            OfficerRegister.request(
                toChange: officer, roles: [.reviewer], reason: "转岗", in: authority.surroundings),
            by: [pair.requester, pair.approver])
        try await authority.database.write { [register] in
            try register.changeRoles(of: officer.identifier, to: [.reviewer], authorisedBy: change, in: $0)
        }
        await #expect(throws: Refusal(OfficersRefusal.wrongRole)) {
            try await register.authorise(authority.request(.enrolKey), by: [signer])
        }
        _ = try await register.authorise(authority.request(), by: [pair.requester, signer])
    }
}
