/// How one policy file differs from what is in force.
package struct PolicyDifference: Sendable, Hashable {
    package enum Kind: String, Sendable { case added, removed, changed }
    package let path: String
    package let kind: Kind
    /// Lines that go (`-`) and come (`+`), in order.
    package let lines: [String]

    package static func between(_ old: PolicyFiles, _ new: PolicyFiles) -> [PolicyDifference] {
        Set(old.texts.keys).union(new.texts.keys).sorted().compactMap { path in
            let before = old.texts[path]
            let after = new.texts[path]
            guard before != after else { return nil }
            let changes = lines(after).difference(from: lines(before))
            let marked = changes.map { change in
                switch change {
                case .remove(let offset, let line, _): (offset, "- \(line)")
                case .insert(let offset, let line, _): (offset, "+ \(line)")
                }
            }
            let kind: Kind = before == nil ? .added : after == nil ? .removed : .changed
            return PolicyDifference(path: path, kind: kind, lines: marked.sorted { $0.0 < $1.0 }.map(\.1))
        }
    }

    private static func lines(_ text: String?) -> [String] {
        text.map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) } ?? []
    }
}
