internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Officers

extension RootMachine {
    /// What a stage that reopens the bootstrap leaves besides the root's certificate and list.
    package enum ReopeningFile {
        package static let statement = "bootstrap.json"
        /// Over ``BootstrapStatement/signedBytes``, by the root's key.
        package static let signature = "bootstrap.sig"
    }

    /// Joins the root's key and signs the one-use statement by which the officers whom this script names become the
    /// first ones anew. The service takes it in only while nobody is left who may enrol officers, or where the
    /// statement says that it is meant all the same.
    ///
    /// - Parameters:
    ///   - reason: why nobody is left; the audit keeps it. At most 200 characters in one line.
    ///   - isRegardless: the officers on record seem able to order, and their keys are lost or blocked.
    /// - Throws: `ceremony-script` for the reason or the officers, `ceremony-clock`, and what is wrong with the shares.
    package func reopenBootstrap(
        _ shares: [BroughtShare], reason: String, isRegardless: Bool = false
    ) async throws -> CeremonyFolder.Stage {
        guard (1...200).contains(reason.unicodeScalars.count), TranscriptText.isOneLine(reason) else {
            throw Refusal(
                CeremonyRefusal.ceremonyScript,
                detail: "the reason is empty, longer than 200 characters or not one line",
                facts: ["file": "--reason"])
        }
        let lock = try lockRoot()
        let root = try root()
        let earlier = try reopenings()
        try checkClock(after: root)
        if let last = earlier.last, surroundings.now() <= last.issuedAt {
            throw Refusal(CeremonyRefusal.ceremonyClock, facts: ["before": last.issuedAt.rfc3339])
        }
        try check(shares, of: root)

        let number = (earlier.last?.number ?? 0) + 1
        let record = try await open("officers \(number)", under: lock)
        let key = try await join(shares, of: root, record)
        let signer = SoftwareSigner(key)
        let statement = BootstrapStatement(
            root: root.certificate, number: number,
            officers: script.officers.map { .init(name: $0.name, roles: Set($0.roles)) }, reason: reason,
            isRegardless: isRegardless, in: surroundings)
        let name = ReopeningFile.statement
        try await record.add(.show, ArtefactView.lines(statement).map { "\(name): \($0)" })
        try await record.confirm(
            LocalisedText(
                zh: "签署重新开启初始授权的声明？请输入待签内容 SHA-256 的前8位",
                en: "sign the statement that reopens the bootstrap? type the first 8 digits of its SHA-256"),
            expecting: RootMachine.digits(statement.signedBytes))
        let signature = try await journalled(signer).sign(statement.signedBytes)
        try statement.verify(signature, by: root.certificate)
        try await record.add(.done, "\(name): signed, and the signature verifies")
        try await record.artefact(name, statement.bytes)
        try await record.artefact(ReopeningFile.signature, signature)
        try await record.artefact("\(rootPlan.generation).cer", root.certificate.der)
        try await record.artefact("\(rootPlan.generation).crl", root.list.der)
        try await observer(.artefactsWritten)
        return try await record.finish("officers-\(number)", signer: signer, observer: observer)
    }

    /// The statements of this folder's stages, oldest first.
    private func reopenings() throws(Refusal) -> [BootstrapStatement] {
        var statements: [BootstrapStatement] = []
        for stage in folder.stages() where stage.holds(ReopeningFile.statement) {
            statements.append(try BootstrapStatement(bytes: stage.bytes(ReopeningFile.statement)))
        }
        return statements
    }
}
