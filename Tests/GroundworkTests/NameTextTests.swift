import Groundwork
import Testing

@Suite struct NameTextTests {
    @Test(arguments: [
        "上海某某科技有限公司", "𬭎泰㐂记商行", "A&B (Shanghai) Co., Ltd.", "阿卜杜拉・买买提", "㈱某某", "№1 Café", "شركة",
    ])
    func `Names of all scripts are names`(_ name: String) { #expect(NameText.defect(of: name) == nil) }

    @Test(arguments: [
        ("甲\u{202E}乙", NameText.Defect.bidirectional), ("甲\u{2066}乙", .bidirectional), ("甲\u{200B}乙", .invisible),
        ("甲\u{FEFF}乙", .invisible), ("甲\u{AD}乙", .invisible), ("甲\u{FE0F}乙", .invisible),
        ("甲\u{3164}乙", .invisible), ("甲\u{E000}乙", .privateUse), ("甲\u{F0000}", .privateUse),
        ("甲\u{378}乙", .unassigned), ("甲\u{FFFE}", .unassigned), ("甲\u{1F600}", .emoji), ("甲\u{231A}", .emoji),
        ("甲\u{7}", .control), ("甲\u{85}", .control), ("甲\u{2028}", .control), ("甲\u{FFFD}", .control),
        (" 甲", .surroundingSpace), ("甲\u{3000}", .surroundingSpace),
    ])
    func `What is not seen, turns, or has no script is none`(_ name: String, _ defect: NameText.Defect) {
        #expect(NameText.defect(of: name) == defect)
    }
}
