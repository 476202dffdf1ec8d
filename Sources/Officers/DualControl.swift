package import Groundwork

/// Who may order what, and together with whom: `Policies/dual-control.yaml`.
package struct DualControl: Sendable {
    /// One act's rule. The first signature is the requester's, the others approve; all are different people.
    package struct Rule: Codable, Hashable, Sendable {
        package var officers: Int
        package var requesters: [OfficerRole]
        /// Empty where one officer suffices.
        package var approvers: [OfficerRole]
    }

    /// No request may be good for longer.
    package let longestValiditySeconds: Int64
    /// How far an officer's clock may be ahead of ours.
    package let clockSkewSeconds: Int64
    /// Acts that this policy is too old to know, for which the built-in rule stands; `doctor` names them.
    package let actsWithoutRule: [OfficerAct]
    private let rules: [OfficerAct: Rule]
    private let incompatible: [Set<OfficerRole>]

    /// - Throws: `officers.policy` where an act has no rule, too few officers or no roles, and `StrictYAML`'s refusals.
    package init(yaml text: String, file: String = "Policies/dual-control.yaml") throws(Refusal) {
        let read = try StrictYAML.decode(File.self, from: text, file: file)
        func refused(_ detail: String) -> Refusal {
            Refusal(OfficersRefusal.policy, detail: detail, facts: ["file": file])
        }
        guard read.version == 1 else { throw refused("version \(read.version) is not 1") }
        guard (60...86_400).contains(read.longestValiditySeconds), (0...600).contains(read.clockSkewSeconds) else {
            throw refused("longestValiditySeconds is 60 to 86400, clockSkewSeconds 0 to 600")
        }
        var rules: [OfficerAct: Rule] = [:]
        for (name, rule) in read.acts {
            guard let act = OfficerAct(rawValue: name) else { throw refused("there is no act called \(name)") }
            guard (act.leastOfficers...2).contains(rule.officers) else {
                throw refused("\(name) takes \(act.leastOfficers) to 2 officers, not \(rule.officers)")
            }
            guard !rule.requesters.isEmpty, rule.approvers.isEmpty == (rule.officers == 1) else {
                throw refused("\(name) needs requesters, and approvers exactly where it takes two officers")
            }
            // The counter-signature is worth what its key is: nobody else's will do.
            guard act != .countersignCheckpoint || rule.requesters == [.auditAdministrator] else {
                throw refused("\(name) is the audit administrator's alone")
            }
            rules[act] = rule
        }
        var lacking: [OfficerAct] = []
        for act in OfficerAct.allCases where rules[act] == nil {
            guard let rule = act.ruleOfOldPolicies else { throw refused("\(act.rawValue) has no rule") }
            rules[act] = rule
            lacking.append(act)
        }
        let incompatible = read.incompatibleRoles.map(Set.init)
        guard incompatible.allSatisfy({ $0.count == 2 }) else {
            throw refused("incompatibleRoles lists pairs of different roles")
        }
        guard incompatible.contains([.superAdministrator, .auditAdministrator]) else {
            throw refused("super and audit administrator are always incompatible")
        }
        self.longestValiditySeconds = read.longestValiditySeconds
        self.clockSkewSeconds = read.clockSkewSeconds
        self.rules = rules
        self.actsWithoutRule = lacking
        self.incompatible = incompatible
    }

    /// The rule of an act. Every act has one once the policy is read.
    package func rule(for act: OfficerAct) -> Rule {
        rules[act] ?? Rule(officers: 2, requesters: [], approvers: [])
    }

    /// A pair of these roles that one person may not hold together.
    package func conflict(in roles: Set<OfficerRole>) -> [OfficerRole]? {
        incompatible.first { $0.isSubset(of: roles) }?.sorted()
    }
}

/// The file's own shape.
private struct File: Codable {
    var version: Int
    var longestValiditySeconds: Int64
    var clockSkewSeconds: Int64
    var incompatibleRoles: [[OfficerRole]]
    var acts: [String: DualControl.Rule]
}
