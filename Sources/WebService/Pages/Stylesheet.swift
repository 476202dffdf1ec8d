/// The one stylesheet of all pages. No page loads anything from elsewhere; no step builds it.
enum Stylesheet {
    static let text = """
        :root { --ink: #1c1c1e; --paper: #fdfcfa; --seal: #b3151b; --line: #ddd6cb; --soft: #6b645a; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #ece8e1; --paper: #1b1a18; --seal: #ff6b63; --line: #3b3833; --soft: #a49c90; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; color: var(--ink); background: var(--paper); line-height: 1.65;
          font-family: "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", "DejaVu Sans", "Noto Sans CJK SC",
            "PingFang SC", "Microsoft YaHei", "WenQuanYi Zen Hei", "AR PL UMing CN", sans-serif; }
        header { border-bottom: 3px solid var(--seal); padding: 1.6rem 1rem 1rem; }
        header, main, footer { max-width: 60rem; margin: 0 auto; padding-left: 1rem; padding-right: 1rem; }
        h1 { font-size: 1.9rem; margin: 0; letter-spacing: .1em; font-weight: 600; }
        h1 small { font-size: 1rem; color: var(--soft); letter-spacing: 0; font-weight: 400; margin-left: .8rem; }
        h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; border-left: 4px solid var(--seal); padding-left: .6rem; }
        .notice { border: 1px solid var(--seal); color: var(--seal); padding: .6rem .9rem; margin: 1.2rem 0; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .45rem .7rem .45rem 0; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; white-space: nowrap; }
        thead th { white-space: nowrap; }
        main > table:first-child { margin-top: 1.2rem; }
        @media (max-width: 44rem) {
          .stacked thead { display: none; }
          .stacked tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
          .stacked th, .stacked td { display: block; border: 0; padding: .1rem 0; white-space: normal; }
          h1 small { display: block; margin-left: 0; }
        }
        .wide { overflow-x: auto; }
        code { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .88em; overflow-wrap: anywhere; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .skip { position: absolute; left: -100vw; padding: .5rem 1rem; background: var(--paper); }
        .skip:focus { left: .5rem; top: .5rem; outline: 3px solid var(--seal); }
        a:focus-visible { outline: 3px solid var(--seal); outline-offset: 2px; }
        @media print { .skip, nav.languages { display: none; } }
        .soft { color: var(--soft); }
        a { color: inherit; text-decoration-color: var(--seal); text-underline-offset: .2em; }
        nav.languages { float: right; }
        footer { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: .8rem; padding-bottom: 2rem;
          color: var(--soft); font-size: .9rem; }
        """
}
