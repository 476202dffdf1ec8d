import Cryptography
import Groundwork
import Synchronization

/// A token whose maker has SM2, as none that can be had here does: keys in memory, mechanisms of the maker's own.
final class MakersToken: Cryptoki {
    static let mechanisms = Token.SM2Mechanisms(generate: 0x8000_0A01, sign: 0x8000_0A02)

    private struct State {
        var objects: [UInt: [CryptokiAttribute]] = [:]
        var keys: [UInt: PrivateKey] = [:]
        var next: UInt = 1
    }
    private let state = Mutex(State())

    private func give(_ attributes: [CryptokiAttribute], _ key: PrivateKey?) -> UInt {
        state.withLock { state in
            state.next += 1
            state.objects[state.next] = attributes
            state.keys[state.next] = key
            return state.next
        }
    }

    func start() throws(CryptokiFault) {}
    func restart() throws(CryptokiFault) {}
    func slot(ofToken label: String) throws(CryptokiFault) -> UInt { 7 }
    func mechanisms(in slot: UInt) throws(CryptokiFault) -> Set<UInt> {
        [MakersToken.mechanisms.generate, MakersToken.mechanisms.sign]
    }
    func openSession(in slot: UInt, writing: Bool) throws(CryptokiFault) -> CryptokiSession {
        CryptokiSession(handle: 1, start: 1)
    }
    func close(_ session: CryptokiSession) {}
    func login(_ session: CryptokiSession, pin: borrowing SecretBytes) throws(CryptokiFault) {}
    func objects(like template: [CryptokiAttribute], in session: CryptokiSession) throws(CryptokiFault) -> [UInt] {
        state.withLock { state in
            state.objects.filter { _, attributes in template.allSatisfy(attributes.contains) }.map(\.key).sorted()
        }
    }
    func attribute(_ type: UInt, of object: UInt, in session: CryptokiSession) throws(CryptokiFault) -> [UInt8] {
        guard let value = state.withLock({ $0.objects[object]?.first { $0.type == type }?.value }) else {
            throw CryptokiFault("C_GetAttributeValue", 0x12)
        }
        return value
    }
    func generateKeyPair(
        _ mechanism: UInt, publicKey: [CryptokiAttribute], privateKey: [CryptokiAttribute],
        in session: CryptokiSession
    ) throws(CryptokiFault) -> CryptokiKeyPair {
        guard mechanism == MakersToken.mechanisms.generate, publicKey.contains(.init(0x180, OID.curveSM2.der)),
            let key = try? PrivateKey.generate(.sm2)
        else { throw CryptokiFault("C_GenerateKeyPair", 0x70) }
        func number(_ value: UInt) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
        let point = CryptokiAttribute(0x181, key.publicKey.subjectPublicKey)
        let secret = give(
            privateKey + [
                .init(0x00, number(3)), .init(0x163, [1]), .init(0x164, [1]), .init(0x165, [1]),
            ], key)
        let open = give(publicKey + [.init(0x00, number(2)), .init(0x100, number(3)), point], nil)
        return CryptokiKeyPair(publicKey: open, privateKey: secret)
    }
    func generateKey(
        _ mechanism: UInt, key: [CryptokiAttribute], in session: CryptokiSession
    ) throws(CryptokiFault) -> UInt { throw CryptokiFault("C_GenerateKey", 0x70) }
    func destroy(_ object: UInt, in session: CryptokiSession) throws(CryptokiFault) {
        state.withLock { $0.objects[object] = nil }
    }
    func sign(
        _ data: [UInt8], mechanism: UInt, key: UInt, pin: borrowing SecretBytes, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8] {
        try sign(data, mechanism: mechanism, key: key, in: session)
    }
    func sign(
        _ data: [UInt8], mechanism: UInt, key: UInt, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8] {
        guard mechanism == MakersToken.mechanisms.sign, data.count == 32, let key = state.withLock({ $0.keys[key] }),
            let signature = try? key.signRaw(digest: data),
            let numbers = try? MakersToken.numbers(signature)
        else { throw CryptokiFault("C_Sign", 0x20) }
        return numbers.flatMap { [UInt8](repeating: 0, count: 32 - $0.count) + $0 }
    }

    /// r and s of a DER signature.
    private static func numbers(_ signature: [UInt8]) throws(DERFault) -> [[UInt8]] {
        try DERElement(parsing: signature, limit: 100).sequence { members throws(DERFault) -> [[UInt8]] in
            let first = try members.required().unsignedInteger(limit: 32)
            return [first, try members.required().unsignedInteger(limit: 32)]
        }
    }
}
