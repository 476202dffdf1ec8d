import Foundation
import Testing

extension CeremonyJourney {
    /// Both first officers' keys are lost: the custodians name others, who order from then on.
    func everyKeyIsLost() throws {
        let script = desk.folder + "/successors.yaml"
        try String(contentsOfFile: self.script, encoding: .utf8).replacing("王建国", with: "陈静")
            .replacing("李秀英", with: "赵敏").write(toFile: script, atomically: true, encoding: .utf8)
        let bringing = ["zhang", "li", "qian"]
        func reopen(_ bringing: [String], _ more: String...) throws -> Shell.Outcome {
            try root(
                ["reopen", "--folder", folder, "--reason", "两支介质均遗失"] + more + bringing.flatMap(share),
                bringing.map(passphrase), script: script)
        }
        let few = try reopen(["zhang", "li"])
        #expect(few.status == 1 && few.output.contains("certificate-authority.too-few-shares"), "\(few.output)")
        // By the records both could still order: a statement that does not say why it comes all the same is refused.
        try #require(try reopen(bringing).succeeded)
        let plain = folder + "/005-officers-1"
        try desk.refused("officers.somebody-is-left", "ceremony", "install", "--stage", plain)
        let made = try reopen(bringing, "--regardless")
        try #require(made.succeeded, "\(made.output)")
        let stage = folder + "/006-officers-2"
        try altered(stage)
        #expect(try desk.done("ceremony", "install", "--stage", stage).contains("陈静"))
        #expect(try desk.done("ceremony", "install", "--stage", stage).contains("is there already"))
        try desk.refused("officers.bootstrap-older", "ceremony", "install", "--stage", plain)
        try desk.insert("officer-3", into: .holder, "--serial", "103")
        try desk.insert("officer-4", into: .spare, "--serial", "104")
        let (one, two) = (desk.reader(.holder), desk.reader(.spare))
        let enrolled = try desk.done(
            "ceremony", "officers", "--key", one, "--second-key", two, secrets: [third, third, fourth, fourth])
        #expect(enrolled.contains("陈静") && enrolled.contains("赵敏"), "\(enrolled)")
        try desk.refused("officers.bootstrap-replayed", "ceremony", "install", "--stage", stage)
        // Whoever finds the lost keys orders nothing with them; the new officers do.
        try desk.refused(
            "officers.officer-suspended", "officer", "login", "--officer", desk.reader(.requester), secrets: [first])
        let list = try desk.done("officer", "list")
        let old = try #require(
            list.split(separator: "\n").first { $0.contains("王建国") }?.split(separator: " ").first.map(String.init))
        let retired = try desk.yzt(
            [
                "officer", "retire", old, "--reason", "遗失", "--because", "keyCompromise", "--officer", one, "--officer",
                two,
            ],
            secrets: [third, fourth])
        try #require(retired.succeeded, "\(retired.output)")
        let verified = try Shell.run([Shell.programs + "/yzt", "ceremony", "transcript", "verify", folder])
        #expect(verified.succeeded && verified.output.contains("006-officers-2"), "\(verified.output)")
    }

    /// One letter of what the root signed is another.
    private func altered(_ stage: String) throws {
        let copy = desk.folder + "/006-officers-2"
        try FileManager.default.copyItem(atPath: stage, toPath: copy)
        let path = copy + "/bootstrap.json"
        try String(contentsOfFile: path, encoding: .utf8).replacing("陈静", with: "陈晶")
            .write(toFile: path, atomically: true, encoding: .utf8)
        try desk.refused("certificate-authority.ceremony-artefact", "ceremony", "install", "--stage", copy)
    }
}
