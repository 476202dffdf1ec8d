import ArgumentParser
import Groundwork

/// What the argument parser could not read (status 64), said in both languages, with the way on.
///
/// The parser speaks English; its few sentences are put into Chinese here, and one that is not known stands as it is.
enum UsageError {
    /// From the parser's own text: what was wrong, the usage, and where the help is.
    static func shown(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.first else { return text }
        let words = String(first.trimmingPrefix("Error: "))
        lines[0] = "用法错误 · usage error: " + (chinese(words).map { "\($0) · " } ?? "") + words
        return lines.map { line in
            line.firstMatch(of: /^  See '(.+)' for more information\.$/).map { "下一步 · next: \($0.1)" } ?? line
        }.joined(separator: "\n")
    }

    private static func chinese(_ words: String) -> String? {
        if let match = words.wholeMatch(of: /Missing (?:expected argument|one of:?) (.+)/) { return "缺少参数 \(match.1)" }
        if let match = words.wholeMatch(of: /Missing value for (.+)/) { return "\(match.1) 缺少取值" }
        if let match = words.wholeMatch(of: /Unknown option ('[^']*')(?:\. Did you mean ('[^']*')\?)?/) {
            return "没有选项 \(match.1)" + (match.2.map { "，是否要用 \($0)？" } ?? "")
        }
        if let match = words.wholeMatch(of: /(?:Unexpected argument|\d+ unexpected arguments:) (.+)/) {
            return "多余的参数 \(match.1)"
        }
        if let match = words.prefixMatch(of: /The value ('.*?') is invalid for ('[^']*')/) {
            return "\(match.2) 的取值 \(match.1) 不正确"
        }
        if let match = words.prefixMatch(of: /The option ('[^']*') does not take any value/) {
            return "选项 \(match.1) 不带取值"
        }
        if let match = words.wholeMatch(of: /Give exactly one of (.+)\./) { return "须且只须给出其中一个：\(match.1)" }
        return nil
    }
}
