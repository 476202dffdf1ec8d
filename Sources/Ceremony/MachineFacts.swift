internal import Cryptography
internal import Foundation
internal import Groundwork

/// What the machine of a ceremony is, for its transcript: everything here is the machine's own word.
package struct MachineFacts: Sendable, Hashable {
    package var lines: [String]
    /// Network interfaces that may carry something, but for the loopback.
    package var networks: [String]
    /// Why this process's memory can be written to a swap device; `nil` where every page is locked.
    package var unlockedMemory: String?

    package init(lines: [String], networks: [String], unlockedMemory: String? = nil) {
        self.lines = lines
        self.networks = networks
        self.unlockedMemory = unlockedMemory
    }

    /// Reads /proc and /sys.
    /// - Parameter unlockedMemory: what ``ProcessHardening/lockMemory()`` said.
    package static func read(unlockedMemory: String?) -> MachineFacts {
        func text(_ path: String) -> String? {
            FileManager.default.contents(atPath: path).map {
                String(decoding: $0.prefix(4096), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            }
        }
        func field(_ name: String, in text: String?) -> String? {
            text?.split(separator: "\n").first { $0.hasPrefix(name) }
                .flatMap { $0.split(separator: ":", maxSplits: 1).last ?? $0.split(separator: "=", maxSplits: 1).last }
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let program = FileManager.default.contents(atPath: "/proc/self/exe").map {
            Hex.encode(DigestAlgorithm.sha256.hash(Array($0)))
        }
        let system = text("/etc/os-release")?.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
            .map { $0.dropFirst(12).trimmingCharacters(in: CharacterSet(charactersIn: "\"")) }
        let lines = [
            "machine: \(ProcessInfo.processInfo.hostName), boot \(text("/proc/sys/kernel/random/boot_id") ?? "unknown")",
            "kernel: \(text("/proc/sys/kernel/ostype") ?? "?") \(text("/proc/sys/kernel/osrelease") ?? "?")",
            "system: \(system ?? "unknown")",
            "processor: \(field("model name", in: text("/proc/cpuinfo")) ?? "unknown")",
            "program: \(ProcessInfo.processInfo.processName), sha256 \(program ?? "unknown")",
            "library: \(OpenSSLVersion.text)",
            "kernel randomness: \(text("/proc/sys/kernel/random/entropy_avail") ?? "unknown") bits",
        ]
        return MachineFacts(lines: lines, networks: networksUp(), unlockedMemory: unlockedMemory)
    }

    /// Interfaces that may carry something: everything but a loopback and what is both taken down (IFF_UP is not set)
    /// and reports itself down or absent. Many drivers (tunnels, wireguard, ppp) never say more than "unknown". What
    /// cannot be read counts as up.
    ///
    /// - Parameter folder: as Linux has it at /sys/class/net.
    package static func networksUp(in folder: String = "/sys/class/net") -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return ["? (\(folder))"]
        }
        func word(_ path: String) -> String? {
            FileManager.default.contents(atPath: "\(folder)/\(path)").map {
                String(decoding: $0.prefix(64), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            }
        }
        return names.filter { name in
            var isFolder: ObjCBool = false
            // A plain file, such as bonding_masters, is no interface.
            if FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder), !isFolder.boolValue
            {
                return false
            }
            guard let flags = word("\(name)/flags").flatMap({ UInt32($0.dropFirst(2), radix: 16) }) else { return true }
            if flags & Self.isLoopback != 0 { return false }
            return flags & Self.isUp != 0 || !["down", "notpresent"].contains(word("\(name)/operstate"))
        }.sorted()
    }

    // <linux/if.h>
    private static let isUp: UInt32 = 0x1
    private static let isLoopback: UInt32 = 0x8
}
