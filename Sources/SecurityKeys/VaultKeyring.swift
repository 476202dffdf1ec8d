package import Cryptography
internal import CDispatch  // stat(2), which the toolchain attributes to this module
internal import Foundation
package import Groundwork
internal import Synchronization

/// The escrow's keys as this process holds them.
///
/// They may not open when the process starts, for part of them may be in a token that is away; and another process may
/// add newer ones to their file. Both are looked at again while the process runs.
package final class VaultKeyring: Sendable {
    private struct Stamp: Equatable {
        let node: UInt64
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
    }

    private struct State {
        var keys: VaultKeys?
        var stamp: Stamp?
        var failure = Refusal(SecurityKeysRefusal.badKeyFile, detail: "not opened yet")
    }

    private let path: String?
    private let passphrase: SecretBytes
    private let token: Token?
    private let state: Mutex<State>

    /// Keys that stay as they are.
    package init(_ keys: VaultKeys) {
        path = nil
        passphrase = SecretBytes(copying: [])
        token = nil
        state = Mutex(State(keys: keys))
    }

    /// The keys in this file, opened at the first ``refresh()``.
    package init(path: String, passphrase: borrowing SecretBytes, token: Token?) {
        self.path = path
        self.passphrase = passphrase.duplicate()
        self.token = token
        state = Mutex(State())
    }

    /// - Throws: why they could not be opened when that was last tried.
    package func held() throws(Refusal) -> VaultKeys {
        let (keys, failure) = state.withLock { ($0.keys, $0.failure) }
        guard let keys else { throw failure }
        return keys
    }

    package func refresh() async throws(Refusal) {
        guard let path else { return }
        // Looked at before it is read: what is written meanwhile is seen the next time.
        let stamp = Self.stamp(path)
        let isRead = state.withLock { $0.keys != nil && $0.stamp == stamp }
        guard !isRead else { return }
        do throws(Refusal) {
            let keys = try await VaultKeys(path: path, passphrase: passphrase, token: token)
            state.withLock { state in
                state.keys = keys
                state.stamp = stamp
            }
        } catch {
            state.withLock { $0.failure = error }
            throw error
        }
    }

    /// Makes newer keys out of those in the file and stores them, one process at a time; what is there already stays.
    /// - Parameter change: `nil` where nothing is to be changed.
    /// - Throws: `security-keys.vault-busy` while another process is at it.
    func update(
        in surroundings: Surroundings, rounds: Int, _ change: (VaultKeys) async throws(Refusal) -> VaultKeys?
    ) async throws(Refusal) {
        guard let path else {
            throw Refusal(SecurityKeysRefusal.badKeyFile, detail: "these keys are not in a file")
        }
        let lock = try ExclusiveLock(file: path + ".lock") { failure in
            switch failure {
            case .held: Refusal(SecurityKeysRefusal.vaultBusy)
            case .unusable(let reason): Refusal(SecurityKeysRefusal.badKeyFile, detail: "\(path).lock: \(reason)")
            }
        }
        defer { withExtendedLifetime(lock) {} }
        let before = try await VaultKeys(path: path, passphrase: passphrase, token: token)
        if let after = try await change(before) {
            try await after.write(to: path, passphrase: passphrase, in: surroundings, rounds: rounds)
        }
        try await refresh()
    }

    private static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            node: UInt64(status.st_ino), size: Int64(status.st_size), seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec)
    }
}
