package import Groundwork

/// The calls of PKCS #11 (OASIS, version 2.40) that this room makes, one method for each step.
///
/// ``CryptokiModule`` carries them out; tests put one between that fails at a chosen call. They block: call them on a
/// ``BlockingPool``.
package protocol Cryptoki: Sendable {
    /// C_Initialize, unless this process has done so already.
    func start() throws(CryptokiFault)
    /// C_Finalize and C_Initialize: every session of before is void. Some modules find a token that comes back only so.
    func restart() throws(CryptokiFault)
    /// The slot in which the token with this label is now. A token with one PIN try left counts as locked.
    func slot(ofToken label: String) throws(CryptokiFault) -> UInt
    func mechanisms(in slot: UInt) throws(CryptokiFault) -> Set<UInt>
    func openSession(in slot: UInt, writing: Bool) throws(CryptokiFault) -> CryptokiSession
    func close(_ session: CryptokiSession)
    /// Nothing happens where the user is logged in already.
    func login(_ session: CryptokiSession, pin: borrowing SecretBytes) throws(CryptokiFault)
    func objects(
        like template: [CryptokiAttribute], in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt]
    func attribute(
        _ type: UInt, of object: UInt, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8]
    func generateKeyPair(
        _ mechanism: UInt, publicKey: [CryptokiAttribute], privateKey: [CryptokiAttribute],
        in session: CryptokiSession
    ) throws(CryptokiFault) -> CryptokiKeyPair
    func generateKey(
        _ mechanism: UInt, key: [CryptokiAttribute], in session: CryptokiSession
    ) throws(CryptokiFault) -> UInt
    func destroy(_ object: UInt, in session: CryptokiSession) throws(CryptokiFault)
    /// C_SignInit and C_Sign.
    func sign(
        _ data: [UInt8], mechanism: UInt, key: UInt, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8]
    /// C_SignInit, C_Login with CKU_CONTEXT_SPECIFIC for this one signature, and C_Sign (PKCS #11, 4.9 and 5.6).
    func sign(
        _ data: [UInt8], mechanism: UInt, key: UInt, pin: borrowing SecretBytes, in session: CryptokiSession
    ) throws(CryptokiFault) -> [UInt8]
}

/// A session of one start of the module: its number alone may be given again after a restart.
package struct CryptokiSession: Hashable, Sendable {
    package let handle: UInt
    package let start: Int

    package init(handle: UInt, start: Int) {
        self.handle = handle
        self.start = start
    }
}

package struct CryptokiKeyPair: Hashable, Sendable {
    package let publicKey: UInt
    package let privateKey: UInt

    package init(publicKey: UInt, privateKey: UInt) {
        self.publicKey = publicKey
        self.privateKey = privateKey
    }
}
