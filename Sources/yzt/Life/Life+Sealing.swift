import Cryptography
import Foundation
import Groundwork
import SealImages

/// The company seal is made and put on a contract.
extension Life {
    func makeSeal() throws -> String {
        try sealForCurrentCertificate()
        let data = try output.place(for: "seals/data/\(cast.seal).esl")
        let picture = try output.place(for: "seals/images/\(cast.seal).png")
        let shown = try yzt.done(["seal", "show", cast.seal, "--data", data, "--picture", picture]).text
        try expect(shown.contains(cast.name), "the entity's name on its seal: \(shown)")
        return shown.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// A new seal for the certificate that is active now, in place of the one before.
    private func sealForCurrentCertificate() throws {
        let certificate = try active("signature", at: .holder)
        let replacing = cast.seal.isEmpty ? [] : ["--replaces", cast.seal]
        let said = try yzt.done(
            ["seal", "make", cast.code, "--certificate", certificate.serial] + replacing + officers(.firstOfficer),
            pins: [pins.requester])
        guard let seal = said.text.firstMatch(of: /seal_[0-9a-z-]+/)?.output else {
            throw Refusal(CommandRefusal.stepFailed, detail: said.text, facts: ["step": "seal make"])
        }
        cast.seal = String(seal)
    }

    func stamp() throws -> String { "PAdES B-T, \(try stampContract(named: "contract"))" }

    /// A contract made for the occasion; its file.
    func contract(named name: String) throws -> String {
        let contract = try DocumentDrawing.plainPDF(
            title: "购销合同",
            lines: [
                "甲方：\(cast.name)", "统一社会信用代码：\(cast.code)", "乙方：上海某某贸易有限公司", "",
                "一、甲方向乙方提供办公设备一批，合同金额人民币壹拾贰万元整。",
                "二、乙方应于验收合格后三十日内付清全部价款。", "三、本合同自双方盖章之日起生效，电子印章与实物印章具有同等法律效力。",
                "", "甲方（盖章）：", "", "日期：\(Surroundings.real.now().shown.prefix(10))",
            ])
        let file = options.state + "/\(name).pdf"
        try Data(contract).write(to: URL(filePath: file))
        return file
    }

    /// The words that seal a contract with the key in the holder's reader.
    func stamping(_ contract: String, as name: String) throws -> [String] {
        [
            "seal", "stamp", contract, "--seal", cast.seal, "--left", "62", "--top", "106", "--reader",
            try reader(.holder), "--output", try output.place(for: "seals/\(name).pdf"),
        ]
    }

    /// What `seal stamp` says; what the key signed is left beside the document.
    @discardableResult
    func stampContract(named name: String) throws -> String {
        let said = try yzt.done(stamping(try contract(named: name), as: name), pins: [pins.holder(at: .holder)])
        try yzt.done(["seal", "export", output.path("seals/\(name).pdf"), output.path("seals/\(name)")])
        return said.lines.last.map(String.init) ?? ""
    }

    /// The code with which a stamp is refused now.
    func refusedStamp() throws -> String {
        try yzt.refused(stamping(contract(named: "refused"), as: "refused"), pins: [pins.holder(at: .holder)])
    }

    /// The seal of an old certificate is refused; a new one is made in its place.
    func expectOldSealRefusedAndMakeNewOne() throws -> String {
        let code = try refusedStamp()
        try sealForCurrentCertificate()
        return code
    }
}
