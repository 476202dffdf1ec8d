package import Groundwork

/// What this room refuses: documents that cannot be sealed truthfully, and what is asked of them that they cannot give.
package enum PortableDocumentsRefusal: String, RefusalReason {
    case notPDF = "not-pdf"
    case truncated
    case damaged
    case trailingData = "trailing-data"
    case hybrid
    case encrypted
    case tooLarge = "too-large"
    case tooManyPages = "too-many-pages"
    case alreadySigned = "already-signed"
    case activeContent = "active-content"
    case externalContent = "external-content"
    case multimedia
    case optionalContent = "optional-content"
    case unsettledForm = "unsettled-form"
    case hiddenPages = "hidden-pages"
    case noSuchPage = "no-such-page"
    case outsidePage = "outside-page"
    case placement
    case appearance
    case fieldName = "field-name"
    case signatureTooLarge = "signature-too-large"
    case noSignature = "no-signature"

    package static let room = "portable-documents"

    package var message: LocalisedText {
        switch self {
        case .notPDF: LocalisedText(zh: "该文件不是PDF文档。", en: "The file is not a PDF document.")
        case .truncated:
            LocalisedText(zh: "PDF文档不完整，末尾缺失。", en: "The PDF document is cut off: its end is missing.")
        case .damaged: LocalisedText(zh: "PDF文档结构有错误。", en: "The PDF document's structure is damaged.")
        case .trailingData:
            LocalisedText(zh: "PDF文档末尾之后还有其他数据。", en: "There are other data behind the end of the PDF document.")
        case .hybrid:
            LocalisedText(
                zh: "PDF文档混用两种交叉引用，不同阅读器可能显示不同内容。",
                en: "The PDF document mixes two kinds of cross-reference, so that viewers may show different things.")
        case .encrypted: LocalisedText(zh: "PDF文档已加密。", en: "The PDF document is encrypted.")
        case .tooLarge:
            LocalisedText(zh: "PDF文档超过允许的大小（{what}）。", en: "The PDF document is larger than allowed ({what}).")
        case .tooManyPages:
            LocalisedText(zh: "PDF文档超过{most}页。", en: "The PDF document has more than {most} pages.")
        case .alreadySigned: LocalisedText(zh: "PDF文档已有签名或印章。", en: "The PDF document already has a signature.")
        case .activeContent:
            LocalisedText(
                zh: "PDF文档含有会自动执行的内容（{what}）。", en: "The PDF document has content that acts by itself ({what}).")
        case .externalContent:
            LocalisedText(
                zh: "PDF文档引用了文档以外的内容（{what}）。", en: "The PDF document refers to content outside itself ({what}).")
        case .multimedia:
            LocalisedText(zh: "PDF文档含有音视频或三维内容（{what}）。", en: "The PDF document has multimedia ({what}).")
        case .optionalContent:
            LocalisedText(
                zh: "PDF文档含有可以隐藏的图层，盖章后显示内容可能改变。",
                en: "The PDF document has layers that can be hidden, so that what it shows may change after sealing.")
        case .unsettledForm:
            LocalisedText(
                zh: "PDF表单的显示内容未固定（{what}）。", en: "The PDF form's appearance is not settled ({what}).")
        case .hiddenPages:
            LocalisedText(
                zh: "PDF文档藏有未显示的页面或目录，盖章后可能被替换出来。",
                en: "The PDF document hides pages or a catalog that is not shown and could be swapped in after sealing."
            )
        case .noSuchPage:
            LocalisedText(zh: "没有第{page}页，文档共{pages}页。", en: "There is no page {page}; the document has {pages}.")
        case .outsidePage: LocalisedText(zh: "印章位置超出页面。", en: "The seal would lie outside the page.")
        case .placement: LocalisedText(zh: "印章位置或大小不正确。", en: "The seal's position or size is not a valid one.")
        case .appearance: LocalisedText(zh: "印章图像过大或为空。", en: "The seal's picture is empty or too large.")
        case .fieldName:
            LocalisedText(zh: "签名域名称为空、重复或含有句点。", en: "The signature field's name is empty, taken, or has a dot.")
        case .signatureTooLarge:
            LocalisedText(
                zh: "签名数据（{size}字节）超过预留空间（{reserved}字节）。",
                en: "The signature ({size} bytes) does not fit the space kept for it ({reserved} bytes).")
        case .noSignature: LocalisedText(zh: "PDF文档中没有签名。", en: "The PDF document has no signature.")
        }
    }

    package var nextStep: LocalisedText {
        switch self {
        case .notPDF: LocalisedText(zh: "请选择PDF文档。", en: "Choose a PDF document.")
        case .truncated:
            LocalisedText(zh: "请重新下载或导出完整的文档。", en: "Download or export the whole document again.")
        case .damaged, .trailingData, .hybrid, .hiddenPages, .externalContent:
            LocalisedText(
                zh: "请用原软件重新导出或打印为PDF后再盖章。",
                en: "Export or print it to PDF again from the program that made it, then seal that.")
        case .encrypted:
            LocalisedText(zh: "请去除密码和权限限制后重试。", en: "Remove its password and restrictions, then try again.")
        case .tooLarge, .tooManyPages:
            LocalisedText(zh: "请压缩或拆分文档后重试。", en: "Compress or split the document, then try again.")
        case .alreadySigned:
            LocalisedText(
                zh: "请使用未签名的原件；目前不支持在已签名文档上再次盖章。",
                en: "Use the unsigned original; sealing a signed document is not supported yet.")
        case .activeContent, .multimedia, .optionalContent:
            LocalisedText(
                zh: "请打印为PDF以固定内容后重试。", en: "Print it to PDF, which settles the content, then try again.")
        case .unsettledForm:
            LocalisedText(zh: "请将表单内容固定（拼合）后重试。", en: "Flatten the form, then try again.")
        case .noSuchPage, .outsidePage, .placement:
            LocalisedText(zh: "请重新选择盖章位置。", en: "Choose another place for the seal.")
        case .appearance: LocalisedText(zh: "请重新制作印章图像。", en: "Make the seal's picture again.")
        case .fieldName: LocalisedText(zh: "请更换签名域名称。", en: "Choose another field name.")
        case .signatureTooLarge:
            LocalisedText(zh: "请增加预留空间后重新盖章。", en: "Keep more space and seal again.")
        case .noSignature: LocalisedText(zh: "请上传已盖章的文档。", en: "Upload a sealed document.")
        }
    }
}
