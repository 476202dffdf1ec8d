package import AgentProtocol
package import Audit
package import Authentication
package import CertificateRecords
package import CreditCodes
package import ElectronicSeals
internal import Groundwork
internal import LegalEntities
package import Officers
package import SecurityKeys

/// What each room reads from `Policies/`, all of it decoded: a version of the policies is fit to be in force only if
/// every room can read its part, for otherwise no command could open the authority again.
package struct RoomPolicies: Sendable {
    package let dualControl: DualControl
    package let codeRules: CodeRules
    package let models: CardModels
    package let pinRules: PINRules
    package let login: LoginPolicy
    package let seals: SealPolicy
    package let workingDays: WorkingDays

    package init(_ files: PolicyFiles) throws { try self.init(PolicyBook(version: 0, files: files)) }

    package init(_ book: PolicyBook) throws {
        let files = book.files
        try InstallationSchema.check(book, AuditLog(surroundings: .real))
        func text(_ name: String) throws(Refusal) -> String {
            let path = "Policies/\(name).yaml"
            guard let text = files.texts[path] else {
                throw Refusal(GroundworkRefusal.malformedYAML, detail: "the file is missing", facts: ["file": path])
            }
            return text
        }
        dualControl = try DualControl(yaml: text("dual-control"))
        codeRules = try CodeRules(yaml: text("uscc"))
        models = try CardModels(yaml: text("card-models"))
        pinRules = try StrictYAML.decode(PINRules.self, from: text("pin-rules"), file: "Policies/pin-rules.yaml")
        login = try LoginPolicy(yaml: text("login"))
        seals = try SealPolicy(yaml: text("seal-types"))
        workingDays = try WorkingDays(yaml: text("working-days"))
    }
}
