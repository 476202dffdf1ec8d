import ArgumentParser
import Groundwork
import Installation
import Officers
import Registration
import Storage

extension OfficerCommand {
    struct Login: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show that an officer's key, PIN and certificate count, and what they may order; it is recorded.",
            discussion: """
                    yzt officer login --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions

        func run() async throws {
            let open = try await authority.open()
            let session = "session_" + Hex.encode(open.surroundings.randomBytes(16))
            let order = try await open.order(
                OfficerRegister.request(toLogIn: session, in: open.surroundings), by: officer.keys(open))
            let register = open.officers
            let officer = try await open.database.write { transaction in
                try register.logIn(session, authorisedBy: order, in: transaction)
            }
            let roles = officer.roles.sorted().map(\.label.zh).joined(separator: "、")
            Console.say("\(officer.identifier)  \(officer.name)  \(roles)")
            for act in OfficerAct.allCases {
                let rule = register.policy.rule(for: act)
                let part =
                    !officer.roles.isDisjoint(with: rule.requesters)
                    ? "申请 · requests" : !officer.roles.isDisjoint(with: rule.approvers) ? "审核 · approves" : nil
                if let part { Console.say("  \(part)  \(act.label.zh) · \(act.label.en)") }
            }
            await open.database.close()
        }
    }
}
