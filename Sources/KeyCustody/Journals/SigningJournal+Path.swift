package import Cryptography
package import Groundwork

extension SigningJournal {
    /// Where the journal of a key of this name lies.
    package static func path(in keysDirectory: String, key: String) -> String { "\(keysDirectory)/\(key).signed" }

    /// Whether a file is the journal of this key, by its first line.
    package static func isOf(_ key: PublicKey, path: String) throws(Refusal) -> Bool {
        let header = SigningLine.header(of: key)
        return try JournalDescriptor(reading: path).read(at: 0, count: header.count) == header
    }
}
