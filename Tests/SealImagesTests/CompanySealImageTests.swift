import Foundation
import Groundwork
import Testing

@testable import SealImages

@Suite struct CompanySealImageTests {
    static let names = [
        "上海齐云", "上海浦江纸业有限公司", "上海市长宁区新泾镇社区事务受理服务中心",
        "中国（上海）自由贸易试验区临港新片区智能网联汽车技术创新股份有限公司上海分公司", "上海ABC科技（集团）有限公司",
    ]

    @Test(arguments: names) func everythingStaysInsideTheEdge(name: String) throws {
        let picture = try CompanySealImage.draw(SealDesign(name: name, code: "3101050012345"))
        #expect(picture.widthMillimetres == 40)
        let box = try #require(picture.outline.box)
        for (value, expected) in zip([box.low.x, box.low.y, box.high.x, box.high.y], [0, 0, 40.0, 40]) {
            #expect(abs(value - expected) < 0.001)
        }
        if let folder = ProcessInfo.processInfo.environment["SEAL_PICTURES"] {
            try Data(picture.png(pixelsPerMillimetre: 12)).write(to: URL(fileURLWithPath: "\(folder)/\(name).png"))
        }
    }

    @Test func specialSealsHaveAKindLineAndNoStar() throws {
        let contract = try CompanySealImage.draw(SealDesign(name: "上海浦江纸业有限公司", pattern: .contract, lowerText: "（1）"))
        var withStar = SealPattern.contract
        withStar.starMillimetres = 12
        let both = try CompanySealImage.draw(SealDesign(name: "上海浦江纸业有限公司", pattern: withStar))
        if let folder = ProcessInfo.processInfo.environment["SEAL_PICTURES"] {
            try Data(contract.png(pixelsPerMillimetre: 12)).write(to: URL(fileURLWithPath: "\(folder)/contract.png"))
            try Data(both.png(pixelsPerMillimetre: 12)).write(to: URL(fileURLWithPath: "\(folder)/both.png"))
            let pdf = try DocumentDrawing.plainPDF(
                title: "房屋租赁合同",
                lines: ["甲方：上海浦江纸业有限公司", "", String(repeating: "本合同一式两份，甲乙双方各执一份，具有同等法律效力。", count: 30)])
            try Data(pdf).write(to: URL(fileURLWithPath: "\(folder)/contract.pdf"))
        }
    }
}
