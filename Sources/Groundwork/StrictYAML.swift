internal import Foundation
internal import Yams

/// YAML from the files that people write (configuration, `CA/`, `Policies/`), where a key that nobody reads is an
/// error.
package enum StrictYAML {
    /// Decodes a document of at most `limit` bytes.
    ///
    /// A key is unknown if encoding the decoded value again does not give it: so a type needs no list of its keys
    /// beside its `Codable` conformance.
    /// - Throws: `Refusal` with `groundwork.malformed-yaml`, `groundwork.unknown-key` or `groundwork.too-large`.
    package static func decode<Value: Codable>(
        _ type: Value.Type, from text: String, file: String, limit: Int = 1 << 20
    ) throws(Refusal) -> Value {
        guard text.utf8.count <= limit else { throw Refusal(GroundworkRefusal.tooLarge, facts: ["what": file]) }
        let value: Value
        let unknown: [String]
        do {
            value = try YAMLDecoder().decode(type, from: text)
            let read = try compose(yaml: text)
            let known = try compose(yaml: YAMLEncoder().encode(value))
            unknown = read.map { unknownKeys(in: $0, knownFrom: known, at: "") } ?? []
        } catch {
            throw Refusal(GroundworkRefusal.malformedYAML, detail: reason(error, in: text), facts: ["file": file])
        }
        guard unknown.isEmpty else {
            throw Refusal(
                GroundworkRefusal.unknownKey, facts: ["file": file, "keys": unknown.joined(separator: ", ")])
        }
        return value
    }

    /// Where in the document and what, without the decoder's own words around it.
    private static func reason(_ error: any Error, in text: String) -> String {
        let context: DecodingError.Context
        switch error as? DecodingError {
        case .keyNotFound(let key, let found)?:
            return place(found.codingPath, in: text, lacking: key) + ": missing"
        case .typeMismatch(_, let found)?, .valueNotFound(_, let found)?, .dataCorrupted(let found)?: context = found
        default: return "\(error)"
        }
        let words = context.underlyingError.map { "\($0)" } ?? context.debugDescription
        // What is no YAML at all has its line and column in the parser's own words.
        return context.codingPath.isEmpty ? words : "\(place(context.codingPath, in: text)): \(words)"
    }

    /// Such as `boards[1].width (line 4, column 12)`; of a key that is missing, where the mapping begins that lacks it.
    private static func place(_ path: [any CodingKey], in text: String, lacking: (any CodingKey)? = nil) -> String {
        let name = (path + [lacking].compactMap(\.self)).reduce("") { name, key in
            if let index = key.intValue { return "\(name)[\(index)]" }
            return name.isEmpty ? key.stringValue : "\(name).\(key.stringValue)"
        }
        guard var node = try? compose(yaml: text) else { return name }
        for key in path {
            let below: Node? =
                switch node {
                case .sequence(let sequence): key.intValue.flatMap { $0 < sequence.count ? sequence[$0] : nil }
                case .mapping(let mapping): mapping[Node(key.stringValue)]
                default: nil
                }
            guard let below else { return name }
            node = below
        }
        guard let mark = node.mark else { return name }
        return "\(name) (line \(mark.line), column \(mark.column))"
    }

    /// Decodes the file at `path`.
    package static func decode<Value: Codable>(_ type: Value.Type, at path: String) throws(Refusal) -> Value {
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw Refusal(GroundworkRefusal.malformedYAML, detail: "\(error)", facts: ["file": path])
        }
        return try decode(type, from: text, file: path)
    }

    private static func unknownKeys(in read: Node, knownFrom known: Node?, at path: String) -> [String] {
        switch read {
        case .mapping(let mapping):
            let knownMapping: Node.Mapping? = if case .mapping(let mapping)? = known { mapping } else { nil }
            return mapping.flatMap { key, value -> [String] in
                let name = path.isEmpty ? (key.string ?? "?") : "\(path).\(key.string ?? "?")"
                if value.null != nil { return [] }
                guard let below = knownMapping?[key] else { return [name] }
                return unknownKeys(in: value, knownFrom: below, at: name)
            }
        case .sequence(let sequence):
            let knownSequence: Node.Sequence? = if case .sequence(let sequence)? = known { sequence } else { nil }
            return sequence.enumerated().flatMap { index, value in
                let below = knownSequence.flatMap { index < $0.count ? $0[index] : nil }
                return unknownKeys(in: value, knownFrom: below, at: "\(path)[\(index)]")
            }
        case .scalar, .alias:
            return []
        }
    }
}

extension StrictYAML {
    /// The YAML of a value, to be read again by ``decode(_:at:)``.
    package static func encode<Value: Codable>(_ value: Value) throws -> String {
        let encoder = YAMLEncoder()
        encoder.options.allowUnicode = true
        return try encoder.encode(value)
    }
}
