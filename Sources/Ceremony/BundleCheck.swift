internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork

/// Holds what a ceremony brings against what this authority is: nothing is taken over on the word of its bringer.
struct BundleCheck {
    let bundle: CeremonyBundle
    let hierarchy: Hierarchy
    let addresses: StatusAddresses
    let policy: CertificatePolicy

    func run(at now: Instant) throws(Refusal) {
        try checkRoot(at: now)
        try checkList(at: now)
        guard let issued = bundle.issuing, let plan = hierarchy.issuing(issued.generation) else { return }
        let certificate = issued.certificate
        let name = "\(issued.generation).cer"
        guard certificate.isSigned(by: bundle.root.publicKey), certificate.issuer == bundle.root.subject else {
            throw refused(name, "the root did not sign it")
        }
        guard certificate.subject == plan.name.distinguishedName else { throw refused(name, "its name") }
        guard certificate.isValid(at: now) else { throw refused(name, "it is not valid now") }
        guard certificate.notAfter <= AuthorityBody.end(plan, from: certificate.notBefore, issuer: bundle.root) else {
            throw refused(name, "its validity is longer than planned")
        }
        guard bundle.list.entry(for: certificate.serialNumber) == nil else { throw refused(name, "it is revoked") }
        try lint(
            certificate,
            LintContext(
                issuer: bundle.root, policy: policy, addresses: addresses, generation: bundle.rootGeneration,
                shards: hierarchy.root.shards))
    }

    func checkRoot(at now: Instant) throws(Refusal) {
        let name = "\(bundle.rootGeneration).cer"
        let root = bundle.root
        guard bundle.rootGeneration == hierarchy.root.generation else { throw refused(name, "another root") }
        guard root.isSigned(by: root.publicKey), root.isSelfIssued,
            root.subject == hierarchy.root.name.distinguishedName
        else { throw refused(name, "it is not this root") }
        guard root.isValid(at: now) else { throw refused(name, "it is not valid now") }
        try lint(
            root,
            LintContext(
                policy: policy, addresses: addresses, generation: bundle.rootGeneration, shards: hierarchy.root.shards))
    }

    func checkList(at now: Instant) throws(Refusal) {
        let list = bundle.list
        let name = "\(bundle.rootGeneration).crl"
        guard list.isSigned(by: bundle.root.publicKey), list.issuer == bundle.root.subject else {
            throw refused(name, "the root did not sign it")
        }
        let scope = addresses.list(bundle.rootGeneration, shard: 0)
        guard list.issuingDistributionPoint == scope, list.number != nil else {
            throw refused(
                name,
                "it is for \(list.issuingDistributionPoint ?? "no scope"), and this machine's status address makes it \(scope)"
            )
        }
        let bodies = AuthorityBody(addresses: addresses, policy: policy, now: now)
        try Linter.refuse(
            Linter.findings(list: list.der, in: bodies.listContext(bundle.root, plan: hierarchy.root)))
        guard list.thisUpdate <= now, let next = list.nextUpdate, now < next else {
            throw refused(name, "it is not current: make a new one")
        }
    }

    private func lint(_ certificate: Certificate, _ context: LintContext) throws(Refusal) {
        try Linter.refuse(Linter.findings(in: LintTarget(certificate: certificate, context: context)))
    }

    private func refused(_ name: String, _ detail: String) -> Refusal {
        Refusal(CeremonyRefusal.ceremonyArtefact, detail: detail, facts: ["artefact": name])
    }
}
