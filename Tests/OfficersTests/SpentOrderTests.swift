import Audit
import Cryptography
import Groundwork
import Officers
import Storage
import Testing

/// What goes on under an order long after it was given asks the store for it, and nobody else.
@Suite struct SpentOrderTests {
    @Test func aSpentOrderIsReadBackWithWhoGaveIt() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let request = authority.request()
        let order = try await authority.register.authorise(request, by: [pair.requester, pair.approver])
        func stored() async throws -> SpentOrder? {
            try await authority.database.read { try OfficerRegister.spentOrder(nonce: request.nonce, in: $0) }
        }
        #expect(try await stored() == nil)
        await #expect(throws: Refusal(OfficersRefusal.stored)) {
            try await authority.database.read { try order.spent(in: $0) }
        }
        let spent = try await authority.database.write { transaction in
            try order.spend(in: transaction)
            return try order.spent(in: transaction)
        }
        #expect(try await stored() == spent)
        #expect(spent.request == request && spent.spentAt == Authority.noon)
        #expect(spent.officers == pair.officers.map(\.identifier))
        #expect(spent.actor == .officer(pair.officers[0].identifier.shown))
        try spent.require(.revokeCertificate, subject: "00ff", parameters: OfficerAct.revokeCertificate.form.sample)
        #expect(throws: Refusal(OfficersRefusal.wrongSubject)) {
            try spent.require(
                .revokeCertificate, subject: "00fe", parameters: OfficerAct.revokeCertificate.form.sample)
        }
        #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try spent.require(.revokeCertificate, subject: "00ff", parameters: [:])
        }
    }

    /// Whoever writes into the table has no officer's key.
    @Test func aRowThatWasAlteredIsNoOrder() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let request = authority.request()
        try await authority.spend(
            authority.register.authorise(request, by: [pair.requester, pair.approver]))
        let other = authority.request(subject: "00fe")
        let forged = String(decoding: request.bytes, as: UTF8.self).replacing("00ff", with: "00fe")
        for (bytes, nonce) in [(Array(forged.utf8), request.nonce), (other.bytes, request.nonce), ([1], request.nonce)]
        {
            try await authority.database.write {
                try $0.execute("UPDATE officer_authorisation SET request = $1 WHERE nonce = $2", bytes, nonce)
            }
            await #expect(throws: Refusal(OfficersRefusal.stored)) {
                try await authority.database.read { try OfficerRegister.spentOrder(nonce: nonce, in: $0) }
            }
        }
    }
}

@Suite struct RetirementTests {
    @Test func whoRetiredOrdersNothingAndDoesNotComeBack() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let register = authority.register
        let signer = try await Authority.signer("张敏")
        let enrolment = OfficerEnrolment(name: "张敏", roles: [.operator], certificate: signer.certificate)
        let both: [any OfficerSigner] = [pair.requester, pair.approver]
        let enrolled = try await register.authorise(
            OfficerRegister.request(toEnrol: enrolment, reason: "新聘", in: authority.surroundings), by: both)
        let officer = try await authority.database.write {
            try register.enrol(enrolment, authorisedBy: enrolled, in: $0)
        }
        let waiting = try await register.authorise(authority.request(.enrolKey), by: [signer])
        func retirement(_ certificates: [String]) async throws -> Authorisation {
            try await register.authorise(
                OfficerRegister.request(
                    toRetire: officer, certificates: certificates, because: .cessationOfOperation, reason: "离职",
                    in: authority.surroundings), by: both)
        }
        let named = try await retirement(["0a"])
        // What it says of certificates is bound.
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await authority.database.write {
                try register.retire(
                    officer.identifier, certificates: [], because: .cessationOfOperation, authorisedBy: named, in: $0)
            }
        }
        try await authority.database.write {
            try register.retire(
                officer.identifier, certificates: ["0a"], because: .cessationOfOperation, authorisedBy: named, in: $0)
        }
        #expect(try await register.officers().first { $0.identifier == officer.identifier }?.status == .retired)
        await #expect(throws: Refusal(OfficersRefusal.officerSuspended)) { try await authority.spend(waiting) }
        let back = try await register.authorise(
            OfficerRegister.request(.resumeOfficer, officer: officer, reason: "返聘", in: authority.surroundings),
            by: both)
        await #expect(throws: Refusal(OfficersRefusal.retired)) {
            try await authority.database.write {
                try register.resume(officer.identifier, authorisedBy: back, in: $0)
            }
        }
    }

    @Test func theLastAdministratorDoesNotRetire() async throws {
        let authority = try Authority()
        let pair = try await authority.founded()
        let register = authority.register
        for officer in pair.officers {
            let order = try await register.authorise(
                OfficerRegister.request(
                    toRetire: officer, certificates: [], because: .cessationOfOperation, reason: "离职",
                    in: authority.surroundings), by: [pair.requester, pair.approver])
            await #expect(throws: Refusal(OfficersRefusal.lastAdministrator)) {
                try await authority.database.write {
                    try register.retire(
                        officer.identifier, certificates: [], because: .cessationOfOperation, authorisedBy: order,
                        in: $0)
                }
            }
        }
        #expect(try await register.officers().allSatisfy { $0.status == .active })
    }
}
