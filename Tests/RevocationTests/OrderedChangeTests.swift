import Audit
import CertificateProfiles
import CertificateRecords
import CertificateStatus
import Cryptography
import Groundwork
import Installation
import KeyCustody
import Officers
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures

/// Who may suspend, resume and revoke what: by what the certificate is for.
@Suite struct OrderedChangeTests {
    private struct Scene {
        let bench: Bench
        var officers: CertifiedOfficers
        /// Places of the operator, the reviewer and a second super administrator.
        let (clerk, reviewer, second): (Int, Int, Int)
        var revocations: RevocationService { bench.authority.revocation }

        init() async throws {
            bench = try await Bench.create()
            officers = try await CertifiedOfficers(bench)
            clerk = try await officers.enrol("周婷", [.operator])
            reviewer = try await officers.enrol("孙强", [.reviewer])
            second = try await officers.enrol("陈静", [.superAdministrator])
        }

        func state(_ serial: SerialNumber) async throws -> CertificateState? {
            try await bench.authority.status.status(of: serial)
        }

        func asked(_ act: OfficerAct, _ serial: SerialNumber) -> CanonicalRequest {
            CanonicalRequest(
                act, subject: serial.hex, parameters: ["name": "x", "entity": .null, "profile": "x"], reason: "test",
                in: bench.surroundings)
        }

        /// The authority's own: the issuing generation, the root, and each service key.
        var own: [SerialNumber] {
            get throws {
                try [bench.issuing.certificate.serialNumber, bench.root.certificate.serialNumber]
                    + bench.authority.services.map(\.certificate.serialNumber)
            }
        }
    }

    @Test func `An operator holds subscribers' certificates, and neither colleagues' nor the authority's own`()
        async throws
    {
        let scene = try await Scene()
        let (revocations, officers) = (scene.revocations, scene.officers)
        let record = try await scene.bench.active()
        try await revocations.suspend(
            record.serialNumber,
            on: .authorised(
                officers.order(
                    revocations.request(toSuspend: record.serialNumber, justification: "mislaid"), scene.clerk)))
        #expect(try await scene.state(record.serialNumber) == .suspended)
        for slot in [0, 1, scene.reviewer] {
            let serial = officers.serial(slot)
            let order = try await officers.order(scene.asked(.suspendCertificate, serial), scene.clerk)
            await #expect(throws: Refusal(OfficersRefusal.wrongAct)) {
                try await revocations.suspend(serial, on: .authorised(order))
            }
            await #expect(throws: Refusal(OfficersRefusal.wrongRole)) {
                try await officers.order(revocations.request(toSuspend: serial, justification: "test"), scene.clerk)
            }
            #expect(try await scene.state(serial) == .active)
        }
        let own = try scene.own
        #expect(own.count == 7)
        for serial in own {
            let order = try await officers.order(scene.asked(.suspendCertificate, serial), scene.clerk)
            await #expect(throws: Refusal(RevocationRefusal.ownCertificate)) {
                try await revocations.suspend(serial, on: .authorised(order))
            }
            await #expect(throws: Refusal(RevocationRefusal.ownCertificate)) {
                try await revocations.request(toSuspend: serial, justification: "test")
            }
            #expect(try await scene.state(serial) == .active)
        }
    }

    @Test func `Operator and reviewer revoke none of them either, one by one or in bulk`() async throws {
        let scene = try await Scene()
        let (revocations, officers) = (scene.revocations, scene.officers)
        for serial in try scene.own + [officers.serial(0), officers.serial(scene.clerk)] {
            let order = try await officers.order(
                CanonicalRequest(
                    .revokeCertificate, subject: serial.hex,
                    parameters: [
                        "reason": .integer(Int64(RevocationReason.superseded.rawValue)), "name": "x", "entity": .null,
                        "profile": "x",
                    ], reason: "test", in: scene.bench.surroundings), scene.clerk, scene.reviewer)
            let refusal = await #expect(throws: Refusal.self) {
                try await revocations.revoke(serial, reason: .superseded, on: .authorised(order))
            }
            #expect(
                refusal?.isBecause(OfficersRefusal.wrongAct) == true
                    || refusal?.isBecause(RevocationRefusal.ownCertificate) == true)
            #expect(try await scene.state(serial) == .active)
        }
        // The authority's own certificate is not even ended by a holder's word.
        await #expect(throws: Refusal(RevocationRefusal.ownCertificate)) {
            try await revocations.revoke(
                scene.bench.issuing.certificate.serialNumber, reason: .superseded,
                on: .onBehalf(.system, reason: "test"))
        }
        let record = try await scene.bench.active()
        let named = try scene.own + [officers.serial(0), officers.serial(1), record.serialNumber]
        let plan = try await scene.bench.authority.bulkRevocation.plan(.list(named.map(\.hex)))
        #expect(plan.serials == [record.serialNumber])
        #expect(plan.leftOut == [.ownCertificate: 7, .officersCertificate: 2])
    }

    @Test func `An officer's certificate is held by who may suspend officers, while others are left`() async throws {
        let scene = try await Scene()
        let (revocations, officers) = (scene.revocations, scene.officers)
        let first = officers.serial(0)
        try await revocations.suspend(
            first, on: .authorised(officers.order(revocations.request(toSuspend: first, justification: "lost"), 1)))
        #expect(try await scene.state(first) == .suspended)
        // Now the second super administrator and the audit administrator are the last ones.
        for last in [officers.serial(scene.second), officers.serial(1)] {
            await #expect(throws: Refusal(OfficersRefusal.lastAdministrator)) {
                try await revocations.suspend(
                    last,
                    on: .authorised(
                        officers.order(revocations.request(toSuspend: last, justification: "test"), scene.second)))
            }
            await #expect(throws: Refusal(OfficersRefusal.lastAdministrator)) {
                try await revocations.revoke(
                    last, reason: .superseded,
                    on: .authorised(
                        officers.order(
                            revocations.request(toRevoke: last, because: .superseded, justification: "test"),
                            scene.second, 1)))
            }
            #expect(try await scene.state(last) == .active)
        }
        // One alone put it on hold: what makes that final is two officers, not time.
        scene.bench.clock.turn(seconds: 200 * 86_400)
        #expect(try await revocations.endLongSuspensions().isEmpty)
        #expect(try await scene.state(first) == .suspended)
        await #expect(throws: Refusal(OfficersRefusal.signatureCount)) {
            try await officers.order(revocations.request(toResume: first, justification: "found"), scene.second)
        }
        try await revocations.resume(
            first,
            on: .authorised(
                officers.order(revocations.request(toResume: first, justification: "found"), scene.second, 1)))
        #expect(try await scene.state(first) == .active)
        // Whoever's key others may have is stopped, even the last one's.
        for slot in [0, scene.second] {
            let serial = officers.serial(slot)
            try await revocations.revoke(
                serial, reason: .keyCompromise,
                on: .authorised(
                    officers.order(
                        revocations.request(toRevoke: serial, because: .keyCompromise, justification: "stolen"),
                        scene.second, 1)))
            #expect(try await scene.state(serial) == .revoked)
        }
    }

    /// A plan or case on somebody's behalf, and a rule, stop nobody's certificate who is the last; nor does an order
    /// about the officer that names it.
    @Test func `On whatever grounds a certificate is stopped, somebody is left who can enrol officers`() async throws {
        let scene = try await Scene()
        let (revocations, officers) = (scene.revocations, scene.officers)
        let (first, last) = (officers.serial(0), officers.serial(1))
        for revocationAuthority in [RevocationAuthority.onBehalf(.public, reason: "test"), .system(reason: "test")] {
            await #expect(throws: Refusal(OfficersRefusal.lastAdministrator)) {
                try await revocations.suspend(last, on: revocationAuthority)
            }
            await #expect(throws: Refusal(OfficersRefusal.lastAdministrator)) {
                try await revocations.revoke(last, reason: .cessationOfOperation, on: revocationAuthority)
            }
            #expect(try await scene.state(last) == .active)
            // Of two super administrators one may go.
            try await revocations.suspend(first, on: revocationAuthority)
            try await revocations.resume(first, on: revocationAuthority)
        }
        let person = officers.members[1].officer
        let register = officers.register
        let order = try await officers.order(
            OfficerRegister.request(
                toRetire: person, certificates: [last.hex], because: .superseded, reason: "test",
                in: scene.bench.surroundings), 0, 1)
        await #expect(throws: Refusal(OfficersRefusal.lastAdministrator)) {
            try await scene.bench.database.write {
                try register.retire(
                    person.identifier, certificates: [last.hex], because: .superseded, authorisedBy: order, in: $0)
            }
        }
    }

    @Test func `An order about an officer covers the certificates that it names, and no others`() async throws {
        let scene = try await Scene()
        let (revocations, officers, database) = (scene.revocations, scene.officers, scene.bench.database)
        let (clerk, serial) = (officers.members[scene.clerk].officer, officers.serial(scene.clerk))
        let other = officers.serial(scene.reviewer)
        let (register, surroundings) = (officers.register, scene.bench.surroundings)
        let held = try await officers.order(
            OfficerRegister.request(
                .suspendOfficer, officer: clerk, certificates: [serial.hex], reason: "lost", in: surroundings), 1)
        try await database.write { transaction in
            try register.suspend(
                clerk.identifier, certificates: [serial.hex], authorisedBy: held, in: transaction)
            let spent = try held.spent(in: transaction)
            #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
                try revocations.suspend(other, on: .within(spent), in: transaction)
            }
            // To suspend is not to revoke.
            #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
                try revocations.revoke(serial, reason: .superseded, on: .within(spent), in: transaction)
            }
            try revocations.suspend(serial, on: .within(spent), in: transaction)
        }
        #expect(try await scene.state(serial) == .suspended)
        let back = try await officers.order(
            OfficerRegister.request(
                .resumeOfficer, officer: clerk, certificates: [serial.hex], reason: "found", in: surroundings), 0, 1)
        let gone = try await officers.order(
            OfficerRegister.request(
                toRetire: clerk, certificates: [serial.hex], because: .cessationOfOperation, reason: "left",
                in: surroundings), 0, 1)
        try await database.write { transaction in
            try register.resume(clerk.identifier, certificates: [serial.hex], authorisedBy: back, in: transaction)
            try revocations.resume(serial, on: .within(back.spent(in: transaction)), in: transaction)
        }
        #expect(try await scene.state(serial) == .active)
        try await database.write { transaction in
            try register.retire(
                clerk.identifier, certificates: [serial.hex], because: .cessationOfOperation, authorisedBy: gone,
                in: transaction)
            try revocations.revoke(
                serial, reason: .cessationOfOperation, on: .within(gone.spent(in: transaction)), in: transaction)
        }
        #expect(try await scene.state(serial) == .revoked)
        #expect(try await scene.state(other) == .active)
    }

    @Test func `A service key's certificate is revoked on an order for a ceremony, which is for that alone`()
        async throws
    {
        let scene = try await Scene()
        let (revocations, officers) = (scene.revocations, scene.officers)
        let maker = try scene.bench.authority.service(.sealMaker).certificate.serialNumber
        let request = try await revocations.request(toRevoke: maker, because: .keyCompromise, justification: "stolen")
        #expect(request.act == .holdCeremony)
        let bare = try await officers.order(
            CanonicalRequest(
                .holdCeremony, subject: maker.hex,
                parameters: [
                    "certificateStatus": "reviseReason", "profile": "x", "name": "x", "entity": .null,
                    "reason": .integer(Int64(RevocationReason.keyCompromise.rawValue)),
                ], reason: "test", in: scene.bench.surroundings), 0, 1)
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await revocations.revoke(maker, reason: .keyCompromise, on: .authorised(bare))
        }
        try await revocations.revoke(maker, reason: .keyCompromise, on: .authorised(officers.order(request, 0, 1)))
        #expect(try await scene.state(maker) == .revoked)
        let authority = try scene.bench.issuing.certificate.serialNumber
        await #expect(throws: Refusal(RevocationRefusal.ownCertificate)) {
            try await revocations.request(toRevoke: authority, because: .caCompromise, justification: "stolen")
        }
    }

    @Test func `Every purpose has an act for every change, or nobody can order it`() {
        for purpose in CertificatePurpose.allCases {
            let acts = OrderedChange.allCases.map { $0.act(for: purpose) }
            switch purpose {
            case .authority: #expect(acts == [nil, .holdCeremony, nil, nil])
            case .ocspResponder, .timeStamping, .service, .sealMaker:
                #expect(acts == [nil, .holdCeremony, .holdCeremony, .holdCeremony])
            case .officer: #expect(acts == [.suspendOfficer, .resumeOfficer, .changeOfficer, .changeOfficer])
            case .authentication, .signature, .encryption, .departmentServer, .departmentSeal, .tlsServer:
                #expect(acts == [.suspendCertificate, .resumeCertificate, .revokeCertificate, .reviseRevocation])
            }
        }
    }
}
