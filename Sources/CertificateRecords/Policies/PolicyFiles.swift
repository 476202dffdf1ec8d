internal import CertificateProfiles
internal import Cryptography
internal import Foundation
package import Groundwork

/// The text of `CA/` and `Policies/`, by path such as `Policies/profiles/officer.yaml`: YAML with its prose.
package struct PolicyFiles: Sendable, Hashable {
    package let texts: [String: String]

    package init(texts: [String: String]) { self.texts = texts }

    /// Reads the two folders of a checkout: `.yaml` and `.md`, at most 200 files of 1 MiB.
    package static func read(root: String) throws(Refusal) -> PolicyFiles {
        var texts: [String: String] = [:]
        for folder in ["CA", "Policies"] {
            let names = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? []
            for name in names where name.hasSuffix(".yaml") || name.hasSuffix(".md") {
                let path = "\(folder)/\(name)"
                guard texts.count < 200, let data = FileManager.default.contents(atPath: "\(root)/\(path)"),
                    data.count <= 1 << 20, let text = String(data: data, encoding: .utf8)
                else { throw Refusal(GroundworkRefusal.tooLarge, facts: ["what": path]) }
                texts[path] = text
            }
        }
        guard !texts.isEmpty else {
            throw Refusal(CertificateProfilesRefusal.malformedPolicy, detail: "no files", facts: ["file": root])
        }
        return PolicyFiles(texts: texts)
    }

    package func hash(of path: String) -> [UInt8] { DigestAlgorithm.sha256.hash(Array((texts[path] ?? "").utf8)) }

    /// SHA-256 over the sorted list of `<hash>  <path>\n`: what `sha256sum` prints, hashed again.
    package var hash: [UInt8] {
        let list = texts.keys.sorted().map { "\(Hex.encode(hash(of: $0)))  \($0)\n" }.joined()
        return DigestAlgorithm.sha256.hash(Array(list.utf8))
    }
}
