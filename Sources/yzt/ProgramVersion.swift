import Cryptography
import Installation
import Storage

/// What this program is: its own number, the library that signs, the store that it reads.
enum ProgramVersion {
    /// The one place where the number stands.
    static let number = "0.3.0"

    /// The schema's number: how many migrations this program brings a store to. It opens no store that has others.
    static var schema: Int { OpenInstallation.migrations.reduce(0) { $0 + $1.migrations.count } }

    static var text: String {
        """
        yzt \(number)
        \(OpenSSLVersion.text)
        schema \(schema)
        """
    }
}
