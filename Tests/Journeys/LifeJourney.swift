import Foundation
import Testing

/// The life that a newcomer watches, in each algorithm family, and what programs of others say about what it left.
@Suite(.serialized) struct LifeJourney {
    static let steps = [
        "init", "officers", "registry", "stock-in", "enrol", "status", "login", "login-refused", "seal", "stamp",
        "pin-locked", "unlock", "renew", "change", "suspend", "resume", "reissue", "revoke", "recover", "audit",
        "audit-tampered",
    ]

    @Test(arguments: ["sm2", "p256", "rsa2048"])
    func everyStepOfTheLifeHoldsAndStrangersAgree(algorithm: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-life-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let out = folder.appending(path: "out").path
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let run = try Shell.run([
            "Tools/run", "--once", "--out", out, "--algorithm", algorithm, "--state", folder.path + "/state",
            "--programs", Shell.programs,
        ])
        try #require(run.succeeded, "\(run.output)")
        let left = LifeOutput(folder: out, algorithm: algorithm)
        try left.reportHasEveryStep(Self.steps)
        try left.certificatesVerify()
        try left.lintersFindNothing()
        try left.listsAndAnswersVerify()
        try left.timeStampsVerify()
        try left.sealedDocumentsVerify()
        try left.auditVerifies()
        try left.nothingHoldsTheMarkerPIN(state: folder.path + "/state")
    }
}
