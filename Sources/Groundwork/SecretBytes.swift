internal import Foundation
internal import Synchronization

/// A secret in memory: a PIN, a management key, a key-encryption key.
///
/// It lives in pages of its own that are locked into memory, left out of core dumps, and wiped before they are given
/// back. It cannot be copied or described; its bytes are lent to a closure. Whoever makes an array of them makes a
/// copy that nothing wipes: only code that hands the bytes to C or to a card should do so, briefly.
package struct SecretBytes: ~Copyable, @unchecked Sendable {
    // Sendable: the memory is written in the initialiser alone, before anybody else can see it, and freed when the one
    // owner ends.
    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    package let count: Int

    private static let unlocked = Atomic<Int>(0)

    /// How many secrets of this process so far had pages that the system would not lock (RLIMIT_MEMLOCK).
    package static var unlockedSoFar: Int { unlocked.load(ordering: .relaxed) }

    /// Room for `count` bytes, filled by the closure. Throws what the closure throws; the memory is wiped then too.
    package init<Failure: Error>(
        count: Int, filledBy fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let capacity = max(1, (count + page - 1) / page) * page
        // A few pages: where the system has none left, Swift's own next allocation would end the process too.
        guard let memory = mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { preconditionFailure("no memory for \(count) bytes") }
        if mlock(memory, capacity) != 0 { Self.unlocked.add(1, ordering: .relaxed) }
        _ = madvise(memory, capacity, Int32(MADV_DONTDUMP))
        self.memory = memory
        self.capacity = capacity
        self.count = count
        try fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
    }

    /// Takes the bytes and wipes the array that they came in.
    package init(wiping bytes: inout [UInt8]) {
        // No second reference to the array is held: wiping would then wipe a fresh copy and leave the bytes.
        self.init(count: bytes.count) { target in bytes.withUnsafeBytes { target.copyMemory(from: $0) } }
        bytes.withUnsafeMutableBytes { bytes in
            if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
        }
        bytes = []
    }

    /// A copy of bytes that are no secret where they stand, such as a test's or a default of the card's maker.
    package init(copying bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Lends the bytes for the time of the closure.
    package borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    /// A second owner of the same bytes, with memory of its own.
    package borrowing func duplicate() -> SecretBytes {
        withBytes { source in SecretBytes(count: source.count) { $0.copyMemory(from: source) } }
    }

    /// Whether two secrets are equal, in a time that depends on their length alone.
    package borrowing func equals(_ other: borrowing SecretBytes) -> Bool {
        withBytes { left in
            other.withBytes { right in
                guard left.count == right.count else { return false }
                return zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
            }
        }
    }

    deinit {
        explicit_bzero(memory, capacity)
        munlock(memory, capacity)
        munmap(memory, capacity)
    }
}
