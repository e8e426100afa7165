import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

/** A question or a form above the page. Its head is no landmark: the page has one already. */
export function Dialog({ opened, onClose, title, children }: { opened: boolean; onClose: () => void; title: string; children: ReactNode }) {
  return (
    <Modal.Root opened={opened} onClose={onClose}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Header role="presentation"><Modal.Title>{title}</Modal.Title><Modal.CloseButton aria-label="Close" /></Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
