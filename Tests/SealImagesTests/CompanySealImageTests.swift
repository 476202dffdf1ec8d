import Foundation
import Groundwork
import Testing

@testable import SealImages

@Suite struct CompanySealImageTests {
    static let names = [
        "上海齐云", "上海浦江纸业有限公司", "上海市长宁区新泾镇社区事务受理服务中心",
        "中国（上海）自由贸易试验区临港新片区智能网联汽车技术创新股份有限公司上海分公司", "上海ABC科技（集团）有限公司",
    ]

    /// Writes a picture where SEAL_PICTURES says, for a person to look at.
    private func show(_ picture: SealPicture, _ name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["SEAL_PICTURES"] else { return }
        try Data(picture.png(pixelsPerMillimetre: 12)).write(to: URL(fileURLWithPath: "\(folder)/\(name).png"))
    }

    private func distances(_ outline: Outline, from centre: Double) -> [Double] {
        outline.steps.flatMap(\.points).map {
            (($0.x - centre) * ($0.x - centre) + ($0.y - centre) * ($0.y - centre)).squareRoot()
        }
    }

    @Test(arguments: names.indices) func namesOfEveryLengthStayBetweenStarAndEdge(index: Int) throws {
        let picture = try CompanySealImage.draw(SealDesign(name: Self.names[index], code: "3101050012345"))
        try show(picture, "name-\(index)")
        #expect((picture.widthMillimetres, picture.heightMillimetres) == (40, 40))
        let box = try #require(picture.outline.box)
        for (value, expected) in zip([box.low.x, box.low.y, box.high.x, box.high.y], [0, 0, 40.0, 40]) {
            #expect(abs(value - expected) < 0.05, "the edge touches the box (control points lie a hair outside)")
        }
        let reach = distances(picture.lettering, from: 20)
        #expect(try #require(reach.max()) < 18.9, "the name is inside the edge")
        #expect(try #require(reach.min()) > 7.5, "the name is outside the star")
    }

    /// Neighbouring characters of the longest name do not touch: each stands in its own sector.
    @Test func fortyCharactersDoNotOverlap() throws {
        let name = String(repeating: "国", count: 40)
        let face = try SongFace(family: SealPattern.songFace)
        let line = SealLine(name, face: face)
        let layout = SealLayout(.limitedCompany)
        let perCharacter = line.glyphs[0].outline.steps.count
        let ring = layout.upperArc(line, lowerHalfAngle: 0.5).steps
        let angles = stride(from: 0, to: ring.count, by: perCharacter).map { start in
            let points = ring[start..<start + perCharacter].flatMap(\.points)
            let all = points.map { atan2($0.x - 20, $0.y - 20) }
            return (low: all.min() ?? 0, high: all.max() ?? 0)
        }
        #expect(angles.count == 40)
        for (left, right) in zip(angles, angles.dropFirst()) { #expect(left.high < right.low) }
        let last = try #require(angles.last)
        #expect(last.high < .pi - 0.5, "and leave room for the code")
    }

    @Test func theNameReadsFromLeftToRight() throws {
        let face = try SongFace(family: SealPattern.songFace)
        let layout = SealLayout(.limitedCompany)
        func middle(_ outline: Outline) throws -> OutlinePoint {
            let box = try #require(outline.box)
            return OutlinePoint(x: (box.low.x + box.high.x) / 2, y: (box.low.y + box.high.y) / 2)
        }
        let line = SealLine("上海齐云", face: face)
        let first = layout.upperArc(line, lowerHalfAngle: 0).steps.prefix(line.glyphs[0].outline.steps.count)
        let left = try middle(Outline(steps: Array(first)))
        #expect(left.x < 18 && left.y > 20)
        let code = SealLine("3101050012345", face: face)
        let low = layout.lowerArc(code).steps.prefix(code.glyphs[0].outline.steps.count)
        let start = try middle(Outline(steps: Array(low)))
        #expect(start.x < 18 && start.y < 10)
    }

    @Test func specialSealsHaveAKindLineAndNoStar() throws {
        let contract = try CompanySealImage.draw(SealDesign(name: Self.names[1], pattern: .contract, lowerText: "（1）"))
        try show(contract, "contract")
        let company = try CompanySealImage.draw(SealDesign(name: Self.names[1], pattern: .jointStockCompany))
        #expect(company.widthMillimetres == 42)
        var withStar = SealPattern.contract
        withStar.starMillimetres = 12
        let both = try CompanySealImage.draw(SealDesign(name: Self.names[1], pattern: withStar))
        try show(both, "both")
        #expect(both.outline.steps.count > contract.outline.steps.count - 200)
        #expect(distances(contract.lettering, from: 19).min() ?? 0 < 7, "the kind line is in the middle")
    }

    @Test func patternsAreData() throws {
        let yaml = """
            diameterMillimetres: 38
            edgeMillimetres: 1
            kindLine: 发票专用章
            font: AR PL UMing CN
            strokeMillimetres: 0.1
            colour: {red: 0.9, green: 0, blue: 0}
            """
        let pattern = try StrictYAML.decode(SealPattern.self, from: yaml, file: "pattern")
        #expect(pattern.starMillimetres == nil)
        _ = try CompanySealImage.draw(SealDesign(name: Self.names[1], pattern: pattern))
    }
}
