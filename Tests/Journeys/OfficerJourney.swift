import Foundation
import Testing

/// Officers' whole life as they type it: four readers, each officer's own PIN.
@Suite(.serialized) final class OfficerJourney {
    let desk: OperatorDesk
    let first = "739155", second = "28461379", third = "531642", fourth = "864213"

    init() throws { desk = try OperatorDesk() }

    @Test func officersComeChangeAndGo() throws {
        do { try life() } catch {
            try? desk.close()
            throw error
        }
        try desk.close()
    }

    private var both: [String] { ["--officer", desk.reader(.requester), "--officer", desk.reader(.approver)] }

    private func life() throws {
        try desk.done("init", "--evaluation", "--algorithm", "p256", "--root", desk.definition)
        try desk.holdPorts()
        try desk.insert("officer-1", into: .requester, "--serial", "101")
        try desk.insert("officer-2", into: .approver, "--serial", "102")
        try desk.done(
            "officer", "enrol", "--key", desk.reader(.requester), "--name", "王建国", "--second-key",
            desk.reader(.approver), "--second-name", "李秀英", secrets: [first, first, second, second])
        let (one, two) = (try identifier("王建国"), try identifier("李秀英"))
        #expect(try desk.done("doctor").contains("yzt officer enrol"))
        try refuseTheLast(one, two)
        let three = try enrolThird()
        try changeThird(three)
        try renew(one, three)
        try unlock(three)
        try lose(three)
        try exchange(three)
        try ordered(["officer", "retire", three, "--reason", "离职"])
        #expect(try desk.done("officer", "show", three).contains("离任"))
        try desk.refused(
            "officers.retired", "officer", "exchange", three, "--key", desk.reader(.holder), "--reason", "x",
            "--officer",
            desk.reader(.requester), "--officer", desk.reader(.approver))
        let forecast = try desk.done("forecast", "--weeks", "200")
        #expect(forecast.contains(one) && forecast.contains(two) && !forecast.contains(three), "\(forecast)")
        for form in ["csv", "json"] {
            let listed = try desk.done("forecast", "--weeks", "200", "--form", form)
            #expect(listed.contains(one) && listed.contains("王建国") && !listed.contains(three), "\(listed)")
        }
        try everyKeyIsLost(one)
    }

    /// In an evaluation the root's key is on this machine: others are named at once, and whoever was there before orders
    /// nothing.
    private func everyKeyIsLost(_ one: String) throws {
        let reopen = [
            "ceremony", "reopen-here", "--name", "孙丽", "--second-name", "吴刚", "--reason", "两支介质均锁死",
        ]
        let refused = try desk.yzt(reopen)
        #expect(refused.output.contains("[officers.somebody-is-left]"), "\(refused.output)")
        let reopened = try desk.yzt(reopen + ["--regardless"])
        try #require(reopened.succeeded, "\(reopened.output)")
        try desk.insert("officer-5", into: .requester, "--serial", "105")
        try desk.insert("officer-6", into: .approver, "--serial", "106")
        let (key, other) = (desk.reader(.requester), desk.reader(.approver))
        try desk.done(
            "ceremony", "officers", "--key", key, "--second-key", other, secrets: [third, third, fourth, fourth])
        try desk.refused(
            "officers.bootstrap-void", "officer", "enrol", "--key", key, "--name", "孙丽", "--second-key", other,
            "--second-name", "吴刚", secrets: [third, third, fourth, fourth])
        #expect(try desk.done("officer", "show", one).contains("停用"))
        let resumed = try desk.yzt(
            ["officer", "resume", one, "--reason", "介质找回", "--officer", key, "--officer", other],
            secrets: [third, fourth])
        try #require(resumed.succeeded, "\(resumed.output)")
        // The root's key signed a statement; its journal and the store agree on it.
        try desk.done("reconcile")
    }

    /// Neither of the first two can go while nobody else could enrol officers.
    private func refuseTheLast(_ one: String, _ two: String) throws {
        for (officer, signer, pin) in [(one, desk.reader(.approver), second), (two, desk.reader(.requester), first)] {
            for act in ["suspend", "report-lost"] {
                try desk.refused(
                    "officers.last-administrator", "officer", act, officer, "--reason", "x", "--officer", signer,
                    secrets: [pin])
            }
            try desk.refused(
                "officers.last-administrator", "officer", "retire", officer, "--reason", "x", both[0], both[1], both[2],
                both[3], secrets: [first, second])
        }
        try desk.refused(
            "officers.last-administrator", "officer", "roles", one, "--role", "operator", "--reason", "x", both[0],
            both[1], both[2], both[3], secrets: [first, second])
        #expect(try desk.done("officer", "show", one).contains("在岗"))
    }

    private func enrolThird() throws -> String {
        try desk.insert("officer-3", into: .holder, "--serial", "103")
        let reader = desk.reader(.holder)
        // Roles that do not go together cost nobody a PIN.
        try desk.refused(
            "officers.incompatible-roles", "officer", "enrol", "--key", reader, "--name", "陈静", "--role", "operator",
            "--role", "reviewer", "--reason", "新聘", both[0], both[1], both[2], both[3])
        try desk.done(
            "officer", "enrol", "--key", reader, "--name", "陈静", "--role", "businessAdministrator", "--reason", "新聘",
            both[0], both[1], both[2], both[3],
            secrets: [first, first, second, third, third, first, second])
        let officer = try identifier("陈静")
        let login = try desk.done("officer", "login", "--officer", reader, secrets: [third])
        #expect(login.contains("陈静") && login.contains("业务管理员"), "\(login)")
        return officer
    }

    private func changeThird(_ three: String) throws {
        let reader = desk.reader(.holder)
        try ordered(["officer", "roles", three, "--role", "reviewer", "--reason", "转岗"])
        #expect(try desk.done("officer", "show", three).contains("审核员"))
        try desk.done(
            "officer", "suspend", three, "--reason", "休假", "--officer", desk.reader(.requester), secrets: [first])
        try desk.refused("officers.officer-suspended", "officer", "login", "--officer", reader, secrets: [third])
        try ordered(["officer", "resume", three, "--reason", "返岗"])
        try desk.done("officer", "login", "--officer", reader, secrets: [third])
    }

    /// The next certificate on the same key: another officer's, and that of one who orders it.
    private func renew(_ one: String, _ three: String) throws {
        let reader = desk.reader(.holder)
        let old = try serial(three)
        try desk.refused(
            "command.not-officers-key", "officer", "renew", three, "--key", desk.reader(.requester), "--reason", "到期",
            both[0], both[1], both[2], both[3])
        try desk.refused(
            "command.too-few-officers", "officer", "renew", three, "--key", reader, "--reason", "到期", both[0], both[1])
        try desk.done(
            "officer", "renew", three, "--key", reader, "--reason", "到期", both[0], both[1], both[2], both[3],
            secrets: [first, second, third])
        #expect(try serial(three) != old)
        #expect(try desk.done("certificate", "show", old).contains("吊销"))
        try desk.done("officer", "login", "--officer", reader, secrets: [third])
        let before = try serial(one)
        try desk.done(
            "officer", "renew", one, "--key", desk.reader(.requester), "--reason", "到期", both[0], both[1], both[2],
            both[3], secrets: [first, second, first])
        #expect(try serial(one) != before)
        try desk.done("officer", "login", "--officer", desk.reader(.requester), secrets: [first])
        // Each a second time: the place of before is free again.
        try desk.done(
            "officer", "renew", three, "--key", reader, "--reason", "到期", both[0], both[1], both[2], both[3],
            secrets: [first, second, third])
        try desk.done("officer", "login", "--officer", reader, secrets: [third])
        try desk.done("reconcile")
    }

    /// Two others order a new PIN; the officer whose key is blocked cannot.
    private func unlock(_ three: String) throws {
        let reader = desk.reader(.holder)
        var blocked = false
        for _ in 0..<10 where !blocked {
            let login = try desk.yzt(["officer", "login", "--officer", reader], secrets: ["111222"])
            blocked = login.output.contains("[agent-protocol.pin-blocked]")
        }
        #expect(blocked)
        let renewed = try desk.yzt(
            ["officer", "renew", three, "--key", reader, "--reason", "到期"] + both, secrets: [first, second, third])
        #expect(renewed.output.contains("[security-keys.pin-blocked]"), "\(renewed.output)")
        try desk.refused(
            "command.one-reader-twice", "officer", "unlock", three, "--key", reader, "--reason", "PIN 锁定", "--officer",
            reader, "--officer", desk.reader(.approver))
        // An entity's command does not unlock an officer's key.
        try desk.refused(
            "security-keys.officers-key", "key", "unlock", "--reader", reader, both[0], both[1], both[2], both[3])
        try desk.done(
            "officer", "unlock", three, "--key", reader, "--reason", "PIN 锁定", both[0], both[1], both[2], both[3],
            secrets: [first, second, third, third])
        try desk.done("officer", "login", "--officer", reader, secrets: [third])
    }

    /// The lost key's certificate is suspended with its officer, and comes back with it.
    private func lose(_ three: String) throws {
        let serial = try serial(three)
        try desk.done(
            "officer", "report-lost", three, "--reason", "遗失", "--officer", desk.reader(.approver), secrets: [second])
        #expect(try desk.done("certificate", "show", serial).contains("冻结"))
        try ordered(["officer", "resume", three, "--reason", "找回"])
        try desk.done("officer", "login", "--officer", desk.reader(.holder), secrets: [third])
    }

    private func exchange(_ three: String) throws {
        let old = try serial(three)
        try desk.insert("officer-4", into: .spare, "--serial", "104")
        let reader = desk.reader(.spare)
        try desk.done(
            "officer", "exchange", three, "--key", reader, "--reason", "到期", both[0], both[1], both[2], both[3],
            secrets: [first, first, second, fourth, fourth, first, second])
        #expect(try serial(three) != old)
        #expect(try desk.done("certificate", "show", old).contains("吊销"))
        try desk.done("officer", "login", "--officer", reader, secrets: [fourth])
        try desk.refused(
            "officers.unknown-certificate", "officer", "login", "--officer", desk.reader(.holder), secrets: [third])
    }

    private func ordered(_ command: [String]) throws {
        let outcome = try desk.yzt(command + both, secrets: [first, second])
        try #require(outcome.status == 0, "\(command.joined(separator: " "))\n\(outcome.output)")
    }

    private func identifier(_ name: String) throws -> String {
        let line = try desk.done("officer", "list").split(separator: "\n").first { $0.contains(name) }
        return try #require(line?.split(separator: " ").first.map(String.init))
    }

    private func serial(_ officer: String) throws -> String {
        let shown = try desk.done("officer", "show", officer)
        return try #require(shown.firstMatch(of: /certificate: ([0-9a-f]+)/).map { String($0.1) })
    }
}
