internal import AgentProtocol
internal import Cryptography
internal import Groundwork
internal import PIV

extension PIVKeyMedium {
    /// Whether the card says how it calls this family; P-256 and RSA have one name on all cards.
    func canMake(_ family: AlgorithmFamily) async throws(MediumFailure) -> Bool {
        let card = try await card()
        do throws(MediumFailure) {
            _ = try await algorithm(family, card)
            return true
        } catch .unsupported { return false } catch { throw error }
    }

    func generate(
        _ purpose: KeyPurpose, _ family: AlgorithmFamily, _ slot: KeySlot, _ attest: Bool
    ) async throws(MediumFailure) -> MediumEvent {
        let card = try await card()
        let slot = try piv(slot)
        let algorithm = try await algorithm(family, card)
        let policy: PINPolicy = purpose == .signature ? .always : .once
        let key: PublicKey
        do throws(CardError) {
            key = try await card.generateKey(in: slot, algorithm: algorithm, pinPolicy: policy)
        } catch .unsupported, .refused {
            // A card that knows no policies: the PIN is verified here before each signature in any case.
            key = try await asking { () throws(CardError) in
                try await card.generateKey(in: slot, algorithm: algorithm)
            }
        } catch { throw failure(error) }
        var attestation: [[UInt8]] = []
        if attest {
            do throws(CardError) {
                attestation = [try await card.attest(slot)]
                if let maker = try await card.attestationCertificate() { attestation.append(maker) }
            } catch .unsupported {
                attestation = []
            } catch { throw failure(error) }
        }
        return .generated(publicKey: key.spki, attestation: attestation)
    }

    func request(
        _ slot: KeySlot, _ publicKey: [UInt8], _ subject: [UInt8]
    ) async throws(MediumFailure) -> MediumEvent {
        let key: PublicKey
        let name: DistinguishedName
        do throws(Refusal) {
            key = try PublicKey(spki: publicKey)
            name = try DistinguishedName(der: subject)
        } catch { throw .declined(error) }
        guard let family = key.family else { throw .unsupported }
        let info = CertificateRequest.body(subject: name, publicKey: key)
        guard let signature = try await sign(info, in: slot, key, Reason.request) else { return .otherKey }
        return .requested(
            CertificateRequest.assemble(info: info, algorithm: family.signatureAlgorithm, signature: signature))
    }

    func prove(
        _ slot: KeySlot, _ plan: [UInt8], _ step: UInt32, _ certificate: [UInt8]
    ) async throws(MediumFailure) -> MediumEvent {
        let key: PublicKey
        do throws(Refusal) { key = try Certificate(der: certificate).publicKey } catch { throw .declined(error) }
        guard let family = key.family else { throw .unsupported }
        let message = TaggedMessage.proof(plan: plan, step: step, certificate: certificate, family: family)
        guard let signature = try await sign(message, in: slot, key, Reason.proof) else { return .otherKey }
        return .proved(signature)
    }

    /// Verifies the PIN and signs at once, so that every policy is kept and none is needed.
    /// - Parameter certificate: what must lie in that place before the PIN goes to the card: it may have been exchanged
    ///   while the person typed.
    /// - Returns: `nil` if the key in that place is another one.
    func sign(
        _ message: [UInt8], in slot: KeySlot, _ key: PublicKey, _ reason: LocalisedText,
        _ certificate: Certificate? = nil
    ) async throws(MediumFailure) -> [UInt8]? {
        guard let family = key.family else { throw .unsupported }
        let held = try await heldPIN(reason, certificate)
        let card = try await card()
        let slot = try piv(slot)
        if let certificate {
            let lying = try await asking { () throws(CardError) in try await card.certificate(in: slot) }
            guard lying == certificate.der else { throw .otherMedium }
        }
        let algorithm = try await algorithm(family, card, in: slot)
        let signature: [UInt8]
        do throws(CardError) {
            try await card.verifyPIN(held.secret)
            signature = try await card.sign(digest: key.digestToSign(message), in: slot, algorithm: algorithm)
        } catch {
            switch error {
            case .wrongPIN, .blocked: pin = nil
            default: break
            }
            throw failure(error, certificate)
        }
        return key.verifies(signature, over: message) ? signature : nil
    }

    /// SM2 by the identifier that the card states: outright to whoever administers it, or in the key's metadata.
    private func algorithm(
        _ family: AlgorithmFamily, _ card: PIVCard, in slot: Place? = nil
    ) async throws(MediumFailure) -> PIVAlgorithm {
        switch family {
        case .p256: return .p256
        case .rsa2048: return .rsa2048
        case .sm2:
            if let slot {
                let stated = try await asking { () throws(CardError) in try await card.metadata(of: slot) }
                return .sm2(identifier: stated?.algorithm ?? usualSM2)
            }
            let extensions = try await asking { () throws(CardError) in try await card.algorithmExtensions() }
            guard let algorithm = PIVAlgorithm(family, extensions: extensions) else { throw .unsupported }
            return algorithm
        }
    }

    func piv(_ slot: KeySlot) throws(MediumFailure) -> Place {
        guard let slot = Place(shown: slot.rawValue) else { throw .unsupported }
        return slot
    }

    enum Reason {
        static let request = LocalisedText(zh: "申请证书", en: "request a certificate")
        static let proof = LocalisedText(zh: "证明密钥归属", en: "prove that the key is in this security key")
        static let document = LocalisedText(zh: "在文件上签章", en: "put a seal on a document")
    }
}

extension SecretCipher {
    init(_ algorithm: ManagementAlgorithm) {
        self =
            switch algorithm {
            case .tripleDES: .tripleDES
            case .aes128: .aes128
            case .aes192: .aes192
            case .aes256: .aes256
            }
    }
}

extension ManagementAlgorithm {
    init(_ cipher: SecretCipher) {
        self =
            switch cipher {
            case .tripleDES: .tripleDES
            case .aes128: .aes128
            case .aes192: .aes192
            case .aes256: .aes256
            }
    }
}
