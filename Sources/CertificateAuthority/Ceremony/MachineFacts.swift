internal import Cryptography
internal import Foundation
internal import Groundwork

/// What the machine of a ceremony is, for its transcript: everything here is the machine's own word.
package struct MachineFacts: Sendable, Hashable {
    package var lines: [String]
    /// Network interfaces that are up, but for the loopback.
    package var networks: [String]

    package init(lines: [String], networks: [String]) {
        self.lines = lines
        self.networks = networks
    }

    /// Reads /proc and /sys.
    package static func read() -> MachineFacts {
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
        return MachineFacts(lines: lines, networks: networksUp())
    }

    private static func networksUp() -> [String] {
        let folder = "/sys/class/net"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { name in
            guard name != "lo", let state = FileManager.default.contents(atPath: "\(folder)/\(name)/operstate") else {
                return false
            }
            return String(decoding: state, as: UTF8.self).hasPrefix("up")
        }.sorted()
    }
}
