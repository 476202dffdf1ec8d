import Groundwork
import Officers
import Testing

@Suite struct DualControlTests {
    static func shipped() throws -> String { try Authority.shippedPolicy() }

    @Test(arguments: [
        OfficerAct.unlockKey, .revokeCertificate, .reissueKey, .applyPolicy, .overrideUSCC, .enrolOfficer,
    ])
    func theShippedPolicyTakesTwoOfficers(act: OfficerAct) throws {
        #expect(try DualControl(yaml: Self.shipped()).rule(for: act).officers == 2)
    }

    @Test(arguments: [
        ("version: 1", "version: 2"),
        ("longestValiditySeconds: 900", "longestValiditySeconds: 0"),
        ("clockSkewSeconds: 60", "clockSkewSeconds: -1"),
        ("  enrolKey:", "  enrollKey:"),
        ("  - [superAdministrator, auditAdministrator]\n", ""),
        ("  - [operator, reviewer]", "  - [operator, operator]"),
        (
            "applyPolicy: { officers: 2, requesters: [superAdministrator], approvers: [auditAdministrator] }",
            "applyPolicy: { officers: 1, requesters: [superAdministrator], approvers: [] }"
        ),
        (
            "unlockKey: { officers: 2, requesters: [operator, businessAdministrator], approvers: [reviewer] }",
            "unlockKey: { officers: 2, requesters: [operator], approvers: [] }"
        ),
        (
            "unlockKey: { officers: 2, requesters: [operator, businessAdministrator], approvers: [reviewer] }",
            "unlockKey: { officers: 3, requesters: [operator], approvers: [reviewer] }"
        ),
        (
            "countersignCheckpoint: { officers: 1, requesters: [auditAdministrator], approvers: [] }",
            "countersignCheckpoint: { officers: 1, requesters: [auditAdministrator, operator], approvers: [] }"
        ),
        (
            "requesters: [superAdministrator, businessAdministrator], approvers: [auditAdministrator] }",
            "requesters: [superAdministrator, businessAdministrator], approvers: [] }"
        ),
    ])
    func policiesThatWouldOpenTheDoorAreRefused(text: String, by: String) throws {
        let shipped = try Self.shipped()
        let altered = shipped.replacing(text, with: by)
        try #require(altered != shipped, "the shipped policy has no '\(text)'")
        #expect(throws: Refusal(OfficersRefusal.policy)) { try DualControl(yaml: altered) }
    }

    /// What an auditor looks at is others' work.
    @Test func anAuditorOrdersNoBusiness() throws {
        let policy = try DualControl(yaml: Self.shipped())
        let auditing: Set<OfficerAct> = [.exportAudit, .openPersonalData, .logIn]
        for act in OfficerAct.allCases {
            let rule = policy.rule(for: act)
            let people = rule.requesters + rule.approvers
            #expect(!people.contains(.auditor) || auditing.contains(act), "\(act)")
            for role in people where ![.auditor, .auditAdministrator].contains(role) {
                #expect(policy.conflict(in: [role, .auditor]) != nil, "\(role) may be an auditor too")
            }
        }
    }

    @Test func unknownKeysAndRolesAreRefused() throws {
        #expect(throws: Refusal(GroundworkRefusal.unknownKey)) {
            try DualControl(yaml: try Self.shipped() + "\nsurprise: 1\n")
        }
        #expect(throws: Refusal(GroundworkRefusal.malformedYAML)) {
            try DualControl(yaml: try Self.shipped().replacing("[reviewer]", with: "[janitor]"))
        }
    }

    @Test func everyActAndRoleHasALabelInBothLanguages() {
        let labels =
            OfficerAct.allCases.map(\.label) + OfficerRole.allCases.map(\.label)
            + OfficerStatus.allCases.map(\.label)
        #expect(labels.allSatisfy { !$0.zh.isEmpty && !$0.en.isEmpty })
        #expect(Set(labels.map(\.zh)).count == labels.count)
    }

    @Test func refusalsSpeakBothLanguages() {
        for reason in OfficersRefusal.allCases {
            #expect(reason.message.zh.unicodeScalars.contains { ("\u{4E00}"..."\u{9FFF}").contains($0) })
            #expect(!reason.message.en.isEmpty && !reason.nextStep.en.isEmpty && !reason.nextStep.zh.isEmpty)
        }
    }
}
