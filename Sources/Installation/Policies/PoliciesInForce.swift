package import CertificateRecords
internal import Groundwork
internal import Synchronization

/// The policies in force, as every room asks for them at each act.
///
/// There is one version for the whole process. What `yzt policy apply` puts in force, in whatever process, is taken
/// over
/// by ``follow()``, which a service calls each second and a command when it opens the authority.
package final class PoliciesInForce: Sendable {
    private struct Version {
        var book: PolicyBook
        var rooms: RoomPolicies
    }

    private let store: PolicyStore
    private let held: Mutex<Version>

    /// - Throws: what the store refuses, and what a room cannot read of its part.
    package init(_ store: PolicyStore) async throws {
        self.store = store
        let book = try await store.current()
        held = Mutex(Version(book: book, rooms: try RoomPolicies(book)))
    }

    /// `CA/`, the profiles and the numbers of the version in force.
    package var book: PolicyBook { held.withLock { $0.book } }
    /// Each room's part of the version in force.
    package var rooms: RoomPolicies { held.withLock { $0.rooms } }

    /// Takes over the version that the store has now.
    /// - Returns: its number, if it is another one.
    /// - Throws: what the store refuses, such as `certificate-authority.policies-altered`; what was in force stays so.
    @discardableResult
    package func follow() async throws -> Int64? {
        let book = try await store.current()
        guard book.version != held.withLock({ $0.book.version }) else { return nil }
        let rooms = try RoomPolicies(book)
        return held.withLock { held in
            // Another task may have taken over a later one meanwhile.
            guard book.version > held.book.version else { return nil }
            held = Version(book: book, rooms: rooms)
            return book.version
        }
    }
}
