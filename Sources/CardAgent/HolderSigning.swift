package import AgentProtocol
package import Cryptography
package import Groundwork
internal import PIV

/// What a holder's keys sign outside a plan: logins with the authentication key, documents with the signature key, and
/// nothing for another purpose.
extension PIVKeyMedium {
    /// The certificates on the card with their places. Keys are found by them, never by a place's number.
    package func certificates() async throws(Refusal) -> [(slot: KeySlot, certificate: Certificate)] {
        do throws(MediumFailure) {
            let card = try await card()
            var found: [(slot: KeySlot, certificate: Certificate)] = []
            for slot in Place.primary + Place.retired {
                let der: [UInt8]?
                do throws(CardError) { der = try await card.certificate(in: slot) } catch .unsupported {
                    continue
                } catch { throw failure(error) }
                // What does not parse is not ours; another application may use the place.
                if let der, let certificate = try? Certificate(der: der) {
                    found.append((KeySlot(slot.shown), certificate))
                }
            }
            return found
        } catch {
            await finish()
            throw error.refusal
        }
    }

    /// Signs a login, if the service's statement is genuine, valid now, and names exactly this origin.
    /// - Parameter certificate: which one, where the card has several for logins; otherwise the only one.
    package func signLogin(
        _ statement: SignedStatement, origin: String, serviceKey: PublicKey, certificate: Certificate?
    ) async throws(Refusal) -> LoginProof {
        let content = try statement.verified(by: serviceKey, at: surroundings.now())
        guard content.origin == origin else { throw Refusal(AgentProtocolRefusal.otherOrigin) }
        let all = try await certificates()
        let candidates = all.filter { certificate == nil ? $0.certificate.isForLogin : $0.certificate == certificate }
        guard let chosen = candidates.first, candidates.count == 1 else {
            throw Refusal(AgentProtocolRefusal.keyNotFound)
        }
        guard chosen.certificate.isForLogin, let family = chosen.certificate.publicKey.family else {
            throw Refusal(AgentProtocolRefusal.wrongPurpose)
        }
        let message = TaggedMessage.login(
            origin: origin, statementBytes: statement.bytes, certificate: chosen.certificate.der, family: family)
        let reason = LocalisedText(zh: "登录“\(content.registeredName)”", en: "log in to \(content.registeredName)")
        let signature = try await signature(over: message, chosen, reason)
        return LoginProof(
            statement: statement, origin: origin, certificate: chosen.certificate.der, signature: signature)
    }

    /// Signs a document's signed attributes (RFC 5652, 5.3: the DER of the SET), which are parsed in full first.
    package func signDocument(attributes: [UInt8], certificate: Certificate) async throws(Refusal) -> [UInt8] {
        guard certificate.isForDocuments else { throw Refusal(AgentProtocolRefusal.wrongPurpose) }
        try DocumentAttributes.check(attributes, certificate: certificate)
        guard let chosen = try await certificates().first(where: { $0.certificate == certificate }) else {
            await finish()
            throw Refusal(AgentProtocolRefusal.keyNotFound)
        }
        return try await signature(over: attributes, chosen, Reason.document)
    }

    /// The officer's certificate: the one in the authentication place, or, after an exchange that was staged, the
    /// only one for logins elsewhere. The session stays open for the order that follows at once.
    package func officerCertificate() async throws(Refusal) -> Certificate { try await officerKey().certificate }

    /// Signs an officer's order with the key of this certificate, and nothing without an order's domain tag.
    package func signOrder(
        _ toBeSigned: [UInt8], certificate: Certificate, shown: LocalisedText
    ) async throws(Refusal) -> [UInt8] {
        guard let family = certificate.publicKey.family else { throw Refusal(AgentProtocolRefusal.wrongPurpose) }
        let prefix = DomainTag.authorisation.prefix
        let bound = family.digest.hash(certificate.der)
        guard toBeSigned.starts(with: prefix), toBeSigned.count == prefix.count + 2 * bound.count,
            toBeSigned.suffix(bound.count).elementsEqual(bound)
        else { throw Refusal(AgentProtocolRefusal.malformedOrder) }
        let chosen = try await officerKey()
        guard chosen.certificate == certificate else {
            await finish()
            throw Refusal(AgentProtocolRefusal.otherMedium)
        }
        return try await signature(over: toBeSigned, chosen, shown)
    }

    private func officerKey() async throws(Refusal) -> (slot: KeySlot, certificate: Certificate) {
        if let officer { return officer }
        let found = try await searchOfficerKey()
        officer = found
        return found
    }

    private func searchOfficerKey() async throws(Refusal) -> (slot: KeySlot, certificate: Certificate) {
        let first: Certificate?
        do throws(MediumFailure) {
            let card = try await card()
            let der = try await asking { () throws(CardError) in try await card.certificate(in: .authentication) }
            first = der.flatMap { try? Certificate(der: $0) }
        } catch {
            await finish()
            throw error.refusal
        }
        if let first { return (KeySlot(Place.authentication.shown), first) }
        let others = try await certificates().filter { $0.certificate.isForLogin }
        guard let only = others.first, others.count == 1 else {
            await finish()
            throw Refusal(AgentProtocolRefusal.keyNotFound, detail: "no officer's certificate")
        }
        return only
    }

    private func signature(
        over message: [UInt8], _ chosen: (slot: KeySlot, certificate: Certificate), _ reason: LocalisedText
    ) async throws(Refusal) -> [UInt8] {
        let result: Result<[UInt8]?, MediumFailure>
        do throws(MediumFailure) {
            result = .success(
                try await sign(message, in: chosen.slot, chosen.certificate.publicKey, reason, chosen.certificate))
        } catch { result = .failure(error) }
        // The session ends in a reset, and the PIN is asked for each time.
        await finish()
        switch result {
        case .success(let signature?): return signature
        case .success(nil): throw Refusal(AgentProtocolRefusal.keyNotFound, detail: "the card signed with another key")
        case .failure(let failure): throw failure.refusal
        }
    }
}
