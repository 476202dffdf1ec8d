import AgentProtocol
internal import CertificateProfiles
internal import CertificateRecords
import Cryptography
import ElectronicSeals
import Foundation
import Groundwork
import Installation
import Registration
import SealImages

/// The company seal is made and put on a contract.
extension Life {
    func makeSeal() async throws -> String {
        let seal = try await sealForCurrentCertificate(replacing: nil)
        cast.seal = seal
        try output.write(seal.data.der, "seals/data/\(seal.esID).esl")
        let picture = try CompanySealImage.draw(SealDesign(companyName: seal.name))
        try output.write(picture.png(pixelsPerMillimetre: 12), "seals/images/\(seal.esID).png")
        return "\(seal.esID), \(Int(seal.drawing.widthMillimetres)) mm, \(seal.name)"
    }

    private func sealForCurrentCertificate(replacing old: SealIdentifier?) async throws -> Seal {
        let record = try await active(.signature, on: cast.first)
        return try await authority.sealOrders.makeSeal(
            of: cast.code, kind: "company", certificate: record.serialNumber, replacing: old, by: officerKeys)
    }

    func stamp() async throws -> String {
        let sealed = try await stampContract(named: "contract")
        return "PAdES B-T, \(sealed.bytes.count) bytes, \(sealed.stampedAt.shown)"
    }

    /// A contract made for the occasion, sealed by the key in the holder's reader.
    @discardableResult
    func stampContract(named name: String) async throws -> SealedDocument {
        guard let seal = cast.seal else { throw Refusal(CommandRefusal.stepFailed, facts: ["step": "seal"]) }
        let open = try authority
        let contract = try DocumentDrawing.plainPDF(
            title: "购销合同",
            lines: [
                "甲方：\(seal.name)", "统一社会信用代码：\(cast.code)", "乙方：上海某某贸易有限公司", "",
                "一、甲方向乙方提供办公设备一批，合同金额人民币壹拾贰万元整。",
                "二、乙方应于验收合格后三十日内付清全部价款。", "三、本合同自双方盖章之日起生效，电子印章与实物印章具有同等法律效力。",
                "", "甲方（盖章）：", "", "日期：\(open.surroundings.now().shown.prefix(10))",
            ])
        let sealed = try await open.sealOrders.stamp(
            contract, with: seal, page: 1, fromLeft: 62, fromTop: 106, at: terminal(.holder))
        let file = options.out + "/seals/\(name).pdf"
        try output.write(sealed.bytes, "seals/\(name).pdf")
        try SealExportFiles.write(sealed.bytes, to: file.replacing(".pdf", with: ""))
        return sealed
    }

    /// The seal of an old certificate is refused; a new one is made in its place.
    func expectOldSealRefusedAndMakeNewOne() async throws -> String {
        let code = try await refusal { _ = try await stampContract(named: "refused") }
        cast.seal = try await sealForCurrentCertificate(replacing: cast.seal?.id)
        return code
    }
}
