import { Link } from "@fluentui/react-components";
import Remark, { type Components } from "react-markdown";

import { useText } from "~/text";

import styles from "./Markdown.module.css";

type MarkdownProps = {
  children: string;
  /** Opens an https address outside the window. Without it, links are shown as text. */
  onLink?: ((url: string) => void) | undefined;
};

/**
 * Text that others wrote. No HTML, no pictures; a link leaves the window only as an https address, by the system's browser.
 */
export function Markdown({ children, onLink }: MarkdownProps) {
  const words = useText().common;
  // The page has its own first heading.
  const components: Components = {
    h1: ({ children: inner }) => <h2>{inner}</h2>,
    h2: ({ children: inner }) => <h3>{inner}</h3>,
    h3: ({ children: inner }) => <h4>{inner}</h4>,
    h4: ({ children: inner }) => <h5>{inner}</h5>,
    h5: ({ children: inner }) => <h6>{inner}</h6>,
    a: ({ href, children: inner }) =>
      onLink && href?.startsWith("https://") ? (
        <Link as="button" inline onClick={() => onLink(href)} title={words.openWebPage(href)}>
          {inner}
        </Link>
      ) : (
        <span title={href}>{inner}</span>
      ),
  };
  return (
    <div className={styles.markdown}>
      <Remark components={components} disallowedElements={["img"]} skipHtml>
        {children}
      </Remark>
    </div>
  );
}
