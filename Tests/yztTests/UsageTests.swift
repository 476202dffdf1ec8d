import ArgumentParser
import Testing

@testable import yzt

/// What the parser cannot read is a usage error (64), before anything is opened.
@Suite struct UsageTests {
    /// The status with which the program ends on these words, where they are not understood.
    private func status(_ words: [String]) -> Int32? {
        do { _ = try YZT.parseAsRoot(words) } catch { return CommandEnding.status(of: error) }
        return nil
    }

    @Test(arguments: CommandTree.all)
    func anUnknownOptionIsNotPassedOver(command: CommandTree.Command) {
        #expect(status(command.path + ["--no-such-option"]) == 64)
    }

    @Test(arguments: CommandTree.leaves)
    func anArgumentTooManyIsNotPassedOver(command: CommandTree.Command) {
        let many = (0..<9).map { "surplus-\($0)" }
        #expect(status(command.path + many) == 64)
    }

    /// Those that have a meaning without a word.
    static let alone: Set<String> = [
        "application list", "audit checkpoint", "audit countersign", "certificate publish-lists",
        "certificate recheck", "certificate revoke-resume", "clock status", "doctor", "escrow rewrap", "forecast",
        "certificate weak-key list", "init", "key plans", "key status", "officer list", "officer login", "policy apply",
        "reconcile", "restore", "retention prune", "serve",
    ]

    @Test(arguments: CommandTree.leaves)
    func whatIsMissingIsNamed(command: CommandTree.Command) throws {
        do { _ = try YZT.parseAsRoot(command.path) } catch {
            let said = UsageError.shown(YZT.fullMessage(for: error))
            #expect(CommandEnding.status(of: error) == 64)
            #expect(said.hasPrefix("用法错误 · usage error: "))
            // In Chinese too, and with the way to the help.
            #expect(said.firstMatch(of: /缺少|须/) != nil, "\(said)")
            #expect(said.contains("下一步 · next: yzt \(command.words) --help"), "\(said)")
            return
        }
        #expect(Self.alone.contains(command.words), "\(command.words) does something without a word")
    }

    static let serial = "0123456789abcdef0123456789abcdef"

    @Test(arguments: [
        "init --algorithm md5", "init --sessions many", "clock trust --hours 0 --reason x",
        "clock trust --hours one --reason x", "archive export folder", "archive export folder --all --service-point x",
        "audit verify", "audit verify folder --store", "audit prove yesterday --out f", "forecast --form xml",
        "forecast --weeks 0", "forecast --weeks 1041", "certificate lint f --kind keys",
        "certificate suspend 12 --reason x", "certificate resume xyz --reason x",
        "certificate revoke \(serial) --reason x --because certificateHold",
        "certificate revoke \(serial) --reason x --because removeFromCRL",
        "certificate revoke \(serial) --reason x --invalid-since yesterday",
        "certificate revise-reason nonsense --because keyCompromise --reason x",
        "certificate revoke-many --reason x", "certificate revoke-many --batch a --model b --reason x",
        "certificate rekey-service --role root --reason x", "certificate valid-at \(serial) yesterday",
        "certificate valid-at \(serial) 2026-05-04T10:00:00", "certificate recheck --since 2026-13-45",
        "certificate recheck --since tomorrow", "seal show nonsense", "seal make 91310000YY20NEF479 --certificate zz",
        "seal make 91310000YY20NEF479 --certificate \(serial) --replaces stamp_\(serial)",
        "seal stamp a.pdf --seal nonsense --left 1 --top 1 --output b --reader r",
        "seal stamp a.pdf --seal seal_\(serial) --left one --top 1 --output b --reader r",
        "login evidence seal_\(serial) --out f", "login verify f", "life --state a --out b --reader r",
        "ceremony root-list --script s --folder f --because holiday",
        "key enrol 91310000YY20NEF479 --reader r --pin-entry nonsense", "officer login --pin-entry fd:2",
        "ceremony officers --key a --second-key b --pin-entry nonsense",
        "ceremony root-list --script s --folder f --pin-entry nonsense",
        "key reissue 91310000YY20NEF479 --reader r --lost nonsense", "key retire nonsense --reason x",
        "key abandon nonsense --reason x", "key report-lost nonsense --reason x", "key found nonsense --reason x",
        "officer enrol --key a --name b --role nonsense --officer c --officer d",
        "officer enrol --key a --name b --second-key c --second-name d --second-role nonsense",
        "officer roles officer_\(serial) --role nonsense --reason x",
        "officer roles nonsense --role auditor --reason x",
    ])
    func aValueThatCannotBeIsNotTaken(line: String) throws {
        let words = ShellWords.split(line)
        #expect(status(words) == 64)
        do { _ = try YZT.parseAsRoot(words) } catch {
            let said = UsageError.shown(YZT.fullMessage(for: error))
            #expect(said.firstMatch(of: /用法错误 · usage error: .*\p{Han}/) != nil, "\(said)")
        }
    }

    /// Where a value is one of a few, they are named.
    @Test(arguments: [
        ("certificate revoke \(serial) --reason x --because nonsense", "keyCompromise"),
        ("certificate rekey-service --role nonsense --reason x", "ocspResponder"),
        ("certificate lint f --kind nonsense", "answer"), ("forecast --form nonsense", "csv"),
        ("ceremony root-list --script s --folder f --because nonsense", "caCompromise"),
        ("init --algorithm nonsense", "rsa2048"), ("officer login --pin-entry nonsense", "fd:N"),
        ("officer enrol --key a --name b --role nonsense", "auditAdministrator"),
    ])
    func theChoicesAreNamed(line: String, choice: String) {
        do { _ = try YZT.parseAsRoot(ShellWords.split(line)) } catch {
            #expect(YZT.fullMessage(for: error).contains(choice))
            return
        }
        Issue.record("taken: \(line)")
    }
}
