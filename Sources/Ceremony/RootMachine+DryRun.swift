internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork

extension RootMachine {
    /// The dry run: every artefact is built with keys of this moment, linted and shown; nothing is signed, nothing is
    /// stored, nobody is asked.
    package func dryRun() async throws {
        func show(_ kind: Transcript.Kind, _ lines: [String]) async {
            for line in lines {
                let padding = String(repeating: " ", count: max(0, 8 - kind.rawValue.count))
                await service.show("\(kind.rawValue)\(padding)  \(TranscriptText.oneLine(line))")
            }
        }
        await show(.stage, ["dry run: nothing is signed, nothing is stored"])
        await show(.fact, RootMachine.facts(script, scriptText, book.files, machine))
        let check = RandomnessCheck(try SecretSharing.randomBytes(count: RandomnessCheck.bytes))
        await show(.check, [check.line + (check.passes ? ": good" : ": out of bounds")])

        let now = surroundings.now()
        let bodies = bodies(at: now)
        let key = try PrivateKey.generate(script.family)
        let body = try bodies.root(rootPlan, key: key.publicKey, serial: SerialNumber.random(in: surroundings))
        await show(.show, ArtefactView.lines(body).map { "\(rootPlan.generation): \($0)" })
        await show(.check, ["\(rootPlan.generation): \(try lint(body, context(bodies, root: nil)))"])
        // The issuing certificate needs a root's certificate to refer to; this one is closed with an empty signature.
        let root = try Certificate.assemble(
            body: body.der, algorithm: body.signatureAlgorithm, signature: [0], publicKey: key.publicKey)
        let list = try bodies.list(root, plan: rootPlan, number: 1, entries: [])
        await show(.show, ArtefactView.lines(list).map { "\(rootPlan.generation).crl: \($0)" })
        _ = try Linter.permit(list: list.der, in: bodies.listContext(root, plan: rootPlan))
        await show(.check, ["\(rootPlan.generation).crl: lint, \(Linter.rules.count) rules, nothing found"])
        for plan in hierarchy.issuingAuthorities {
            let key = try PrivateKey.generate(script.family)
            let body = try bodies.issuing(
                plan, key: key.publicKey, serial: SerialNumber.random(in: surroundings), root: root,
                rootGeneration: rootPlan.generation, rootShards: rootPlan.shards)
            await show(.show, ArtefactView.lines(body).map { "\(plan.generation): \($0)" })
            await show(.check, ["\(plan.generation): \(try lint(body, context(bodies, root: root)))"])
        }
        for (index, person) in script.custodians.people.enumerated() {
            await show(.show, ["share \(index + 1) for \(person.name): \(person.share)"])
        }
        await show(.end, ["dry run complete"])
    }

    private func lint(_ body: CertificateBody, _ context: LintContext) throws(Refusal) -> String {
        _ = try Linter.permit(body, in: context)
        return "lint, \(Linter.rules.count) rules, nothing found"
    }
}
