internal import Groundwork

/// The file `SHA256SUMS` of an archive, as coreutils writes it: a hash in small hexadecimal digits, two blanks, a name.
struct ArchiveSums {
    /// By name; each name stays within the archive.
    let hashes: [String: [UInt8]]

    /// - Throws: `archive-unproved` for a line of another form, or a name that stands twice.
    init(_ text: [UInt8]) throws(Refusal) {
        var hashes: [String: [UInt8]] = [:]
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let digits = String(decoding: line.prefix(64), as: UTF8.self)
            let rest = line.dropFirst(64)
            guard let name = String(validating: rest.dropFirst(2), as: UTF8.self), rest.starts(with: [0x20, 0x20]),
                ArchiveSums.isInside(name), let hash = Hex.decode(digits), Hex.encode(hash) == digits,
                hashes.updateValue(hash, forKey: name) == nil
            else { throw ArchiveReader.unproved("\(ArchiveLayout.sums): a line") }
        }
        self.hashes = hashes
    }

    /// A name that stays within the archive.
    private static func isInside(_ name: String) -> Bool {
        name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !["", ".", ".."].contains($0) }
    }
}
