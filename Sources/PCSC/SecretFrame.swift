internal import Groundwork
internal import PIV
internal import Synchronization

/// A command that holds a secret, on its way to a card: owned by the thread that sends it, and wiped there.
///
/// When the answer does not come in time, the caller goes on and the driver may still read the bytes: so they are left
/// alone until the driver has let go, and are wiped then.
final class SecretFrame: Sendable {
    private let bytes: Mutex<SecretBytes?>

    init(_ bytes: consuming SecretBytes) { self.bytes = Mutex(Optional(bytes)) }

    /// Lends the bytes once; they are wiped when the closure ends.
    /// - Throws: what the closure throws; `sessionEnded` the second time.
    func sent<Answer>(
        by send: (UnsafeRawBufferPointer) throws(CardError) -> Answer
    ) throws(CardError) -> Answer {
        let taken = bytes.withLock { bytes in
            let taken = bytes.take()
            return taken
        }
        guard let taken else { throw .sessionEnded }
        return try taken.withBytes(send)
    }
}
