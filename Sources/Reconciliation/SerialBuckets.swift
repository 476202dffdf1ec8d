internal import Cryptography
internal import Foundation
internal import Groundwork

/// Records of one length, sorted into files by the first byte of their serial numbers, which are random: so millions
/// can be compared with the store part by part, each part small enough for memory.
struct SerialBuckets: ~Copyable {
    /// A serial number's first byte is 1 to 127.
    static let all = 1...0x7F
    private static let flushAt = 1 << 14

    private let path: String
    private let length: Int
    private var waiting = [[UInt8]](repeating: [], count: 128)

    /// - Parameter length: of a record without its serial number.
    init(folder: String, name: String, length: Int) {
        path = "\(folder)/\(name)"
        self.length = length
    }

    mutating func add(_ serial: SerialNumber, _ rest: [UInt8]) throws(Refusal) {
        guard let first = serial.bytes.first, rest.count == length, serial.bytes.count == 16 else { return }
        let bucket = Int(first)
        waiting[bucket].append(contentsOf: serial.bytes)
        waiting[bucket].append(contentsOf: rest)
        if waiting[bucket].count >= Self.flushAt { try flush(bucket) }
    }

    mutating func finish() throws(Refusal) {
        for bucket in Self.all where !waiting[bucket].isEmpty { try flush(bucket) }
    }

    /// Hands every record of a bucket to the closure: its serial number and the rest.
    func forEach(in bucket: Int, _ body: (SerialNumber, ArraySlice<UInt8>) -> Void) throws(Refusal) {
        guard FileManager.default.fileExists(atPath: file(bucket)) else { return }
        guard let data = FileManager.default.contents(atPath: file(bucket)) else { throw unusable(bucket) }
        let bytes = Array(data)
        let step = 16 + length
        for start in stride(from: 0, to: bytes.count - bytes.count % step, by: step) {
            guard let serial = SerialNumber(bytes[start..<(start + 16)]) else { continue }
            body(serial, bytes[(start + 16)..<(start + step)])
        }
    }

    private mutating func flush(_ bucket: Int) throws(Refusal) {
        let file = open(file(bucket), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unusable(bucket) }
        defer { close(file) }
        var written = 0
        while written < waiting[bucket].count {
            let count = waiting[bucket].withUnsafeBytes {
                write(file, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw unusable(bucket) }
            written += count
        }
        waiting[bucket].removeAll(keepingCapacity: true)
    }

    private func file(_ bucket: Int) -> String { "\(path)-\(bucket)" }

    private func unusable(_ bucket: Int) -> Refusal {
        Refusal(
            ReconciliationRefusal.scratchUnwritable,
            detail: "\(file(bucket)): \(String(cString: strerror(errno)))")
    }
}
