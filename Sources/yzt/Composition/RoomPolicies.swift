import AgentProtocol
import Audit
import Authentication
import CertificateAuthority
import CreditCodes
import ElectronicSeals
import Groundwork
import LegalEntities
import Officers
import SecurityKeys
import WebService

/// What each room reads from `Policies/`, all of it decoded: a version of the policies is fit to be in force only if
/// every room can read its part, for otherwise no command could open the authority again.
struct RoomPolicies: Sendable {
    let dualControl: DualControl
    let codeRules: CodeRules
    let models: CardModels
    let pinRules: PINRules
    let login: LoginPolicy
    let seals: SealPolicy
    let workingDays: WorkingDays

    init(_ files: PolicyFiles) throws { try self.init(PolicyBook(version: 0, files: files)) }

    init(_ book: PolicyBook) throws {
        let files = book.files
        try HouseRecords.check(book, AuditLog(surroundings: .real))
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
