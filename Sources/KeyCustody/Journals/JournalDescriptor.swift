internal import Foundation
package import Groundwork

/// The one owner of a journal's descriptor.
package final class JournalDescriptor: Sendable {
    package let path: String
    package let number: Int32

    package init(reading path: String) throws(Refusal) {
        self.path = path
        number = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw JournalDescriptor.unusable(path) }
    }

    /// For appending; made if it is not there.
    package init(appending path: String) throws(Refusal) {
        self.path = path
        number = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw JournalDescriptor.unusable(path) }
    }

    deinit { close(number) }

    /// At most so many bytes from there; none at the end.
    package func read(at offset: Int, count: Int) throws(Refusal) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var got = 0
        while got < count {
            let result = bytes.withUnsafeMutableBytes {
                pread(number, $0.baseAddress?.advanced(by: got), count - got, off_t(offset + got))
            }
            if result < 0 {
                guard errno == EINTR else { throw JournalDescriptor.unusable(path) }
                continue
            }
            if result == 0 { break }
            got += result
        }
        bytes.removeLast(count - got)
        return bytes
    }

    /// Its length, and whether it still has its name.
    package func state() throws(Refusal) -> (length: Int, isNamed: Bool) {
        var facts = stat()
        guard fstat(number, &facts) == 0 else { throw JournalDescriptor.unusable(path) }
        return (Int(facts.st_size), facts.st_nlink > 0)
    }

    package static func unusable(_ path: String) -> Refusal {
        Refusal(KeyCustodyRefusal.journalUnwritable, detail: "\(path): \(String(cString: strerror(errno)))")
    }
}
