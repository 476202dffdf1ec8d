package import Cryptography
internal import Foundation
package import Groundwork
internal import Synchronization

/// A token's module whose next call of a name fails, and that counts its calls.
package final class FaultyCryptoki: Cryptoki {
    /// Codes of PKCS #11.
    package enum Code {
        package static let generalError: UInt = 0x05
        package static let deviceError: UInt = 0x30
        package static let deviceRemoved: UInt = 0x32
        package static let keyHandleInvalid: UInt = 0x60
        package static let pinIncorrect: UInt = 0xA0
        package static let sessionHandleInvalid: UInt = 0xB3
        package static let tokenNotPresent: UInt = 0xE0
        package static let userNotLoggedIn: UInt = 0x101
    }

    private struct Plan {
        var call: String
        var code: UInt
        var times: Int
        /// What else happens first.
        var act: @Sendable () -> Void
    }

    private let inner: any Cryptoki
    private let plan = Mutex<Plan?>(nil)
    private let calls = Mutex<[String: Int]>([:])

    private let configuration: String

    /// - Parameter processIdentifier: another one stands for a process that was forked off.
    package init(_ soft: SoftToken, processIdentifier: @escaping @Sendable () -> Int32 = { getpid() }) throws {
        inner = try CryptokiModule(path: soft.module, processIdentifier: processIdentifier)
        configuration = soft.configuration
    }

    package func fail(_ call: String, with code: UInt, times: Int = 1, after act: @escaping @Sendable () -> Void = {}) {
        plan.withLock { $0 = Plan(call: call, code: code, times: times, act: act) }
    }

    package func count(_ call: String) -> Int { calls.withLock { $0[call, default: 0] } }

    private func enter(_ call: String) throws(CryptokiFault) {
        calls.withLock { $0[call, default: 0] += 1 }
        let due = plan.withLock { plan -> Plan? in
            guard let due = plan, due.call == call else { return nil }
            plan?.times -= 1
            if due.times == 1 { plan = nil }
            return due
        }
        guard let due else { return }
        due.act()
        if due.code != 0 { throw CryptokiFault(call, due.code) }
    }

    package func start() throws(CryptokiFault) { try configured { () throws(CryptokiFault) in try inner.start() } }
    package func restart() throws(CryptokiFault) {
        try enter("C_Initialize")
        try configured { () throws(CryptokiFault) in try inner.restart() }
    }

    /// SoftHSM reads its configuration when it starts, from where a variable of the process says: one at a time.
    private func configured(_ body: () throws(CryptokiFault) -> Void) throws(CryptokiFault) {
        try FaultyCryptoki.starting.withLock { _ throws(CryptokiFault) in
            setenv("SOFTHSM2_CONF", configuration, 1)
            try body()
        }
    }
    private static let starting = Mutex<Void>(())

    package func slot(ofToken label: String) throws(CryptokiFault) -> UInt {
        try enter("C_GetSlotList")
        return try inner.slot(ofToken: label)
    }
    package func mechanisms(in slot: UInt) throws(CryptokiFault) -> Set<UInt> {
        try enter("C_GetMechanismList")
        return try inner.mechanisms(in: slot)
    }
    package func openSession(in slot: UInt, writing: Bool) throws(CryptokiFault) -> CryptokiSession {
        try enter("C_OpenSession")
        return try inner.openSession(in: slot, writing: writing)
    }
    package func close(_ session: CryptokiSession) { inner.close(session) }
    package func login(_ session: CryptokiSession, pin: borrowing SecretBytes) throws(CryptokiFault) {
        try enter("C_Login")
        try inner.login(session, pin: pin)
    }
    package func objects(like template: [CryptokiAttribute], in session: CryptokiSession) throws(CryptokiFault)
        -> [UInt]
    {
        try enter("C_FindObjects")
        return try inner.objects(like: template, in: session)
    }
    package func attribute(_ type: UInt, of object: UInt, in session: CryptokiSession) throws(CryptokiFault) -> [UInt8]
    {
        try enter("C_GetAttributeValue")
        return try inner.attribute(type, of: object, in: session)
    }
    package func generateKeyPair(
        _ mechanism: UInt, publicKey: [CryptokiAttribute], privateKey: [CryptokiAttribute],
        in session: CryptokiSession
    ) throws(CryptokiFault) -> CryptokiKeyPair {
        try enter("C_GenerateKeyPair")
        return try inner.generateKeyPair(mechanism, publicKey: publicKey, privateKey: privateKey, in: session)
    }
    package func generateKey(
        _ mechanism: UInt, key: [CryptokiAttribute], in session: CryptokiSession
    ) throws(CryptokiFault) -> UInt {
        try enter("C_GenerateKey")
        return try inner.generateKey(mechanism, key: key, in: session)
    }
    package func destroy(_ object: UInt, in session: CryptokiSession) throws(CryptokiFault) {
        try enter("C_DestroyObject")
        try inner.destroy(object, in: session)
    }
    package func sign(
        _ data: [UInt8], mechanism: UInt, key: UInt, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8] {
        try enter("C_Sign")
        return try inner.sign(data, mechanism: mechanism, key: key, in: session)
    }
    package func sign(
        _ data: [UInt8], mechanism: UInt, key: UInt, pin: borrowing SecretBytes, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8] {
        try enter("C_Sign")
        try enter("C_Login for one signature")
        return try inner.sign(data, mechanism: mechanism, key: key, pin: pin, in: session)
    }
}
