"""Invented planograms as files: PDF, workbooks and CSV of several makes."""

from __future__ import annotations

import csv
import io

import numpy as np
from PIL import Image, ImageDraw

from tests.support import foreign_camera as camera
from tests.support.foreign import Image8, Invented, drawn_page, face, list_page, listing, written

TITLES = ("Planogram cooler 3", "Store 42 - aisle 7", "Spring set", "Plan de salle", "Kühlregal Nord")


def pdf_list(plan: Invented) -> bytes:
    """A list as text, on as many pages as it takes."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, letter
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    heading, lines = listing(plan)
    rng, target = plan.rng, io.BytesIO()
    size = int(rng.integers(7, 11))
    font = str(rng.choice(["Helvetica", "Times-Roman", "Courier"] if not plan.held else ["Times-Bold", "Helvetica-Bold", "Helvetica"]))
    look = [("FONT", (0, 0), (-1, -1), font, size)]
    if rng.random() < 0.6:
        look.append(("GRID", (0, 0), (-1, -1), 0.4, colors.grey))
    if rng.random() < 0.5:
        look.append(("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey))
    table = Table([heading, *lines], repeatRows=1, style=TableStyle(look))
    document = SimpleDocTemplate(target, pagesize=A4 if plan.seed % 2 else letter)
    document.build([Paragraph(TITLES[plan.seed % 5], getSampleStyleSheet()["Title"]), Spacer(1, 12), table])
    return target.getvalue()


def pdf_drawing(plan: Invented) -> bytes:
    """Boxes with text in them, on a page across."""
    from reportlab.lib.pagesizes import landscape, letter
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfgen.canvas import Canvas

    rng, target = plan.rng, io.BytesIO()
    wide, high = landscape(letter)
    canvas = Canvas(target, pagesize=(wide, high))
    font = "Times-Roman" if plan.held else str(rng.choice(["Helvetica", "Courier"]))
    canvas.setFont(font, 15)
    canvas.drawString(40, high - 40, TITLES[plan.seed % 5])
    most = max(sum(e.facings + 1.2 for e in row) for row in plan.rows)
    unit, step, size = (wide - 90) / most, min(110.0, (high - 90) / len(plan.rows)), 6.5
    style = int(rng.integers(3))
    for r, row in enumerate(plan.rows):
        x, top = 50.0, high - 60 - r * step
        canvas.setFont(font, 10)
        canvas.drawString(25, top - step / 2, str(r + 1))
        for e in row:
            width = (e.facings + 1.2) * unit
            canvas.rect(x, top - step + 10, width, step - 12)
            canvas.setFont(font, size)
            texts = simpleSplit(written(e.product, style), font, size, width - 8)
            texts += [e.product.upc] if style == 1 and width > 55 else []
            for k, text in enumerate([*texts, (f"x{e.facings}", f"Facings: {e.facings}", f"{e.facings} fac")[style]]):
                canvas.drawString(x + 4, top - 12 - k * (size + 2), text)
            x += width
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def pdf_scan(plan: Invented) -> bytes:
    """A page that is a picture, in a PDF."""
    page = list_page(plan) if plan.seed % 3 else drawn_page(plan)
    target = io.BytesIO()
    Image.fromarray(camera.scanned(page, plan.rng)).save(target, "PDF", resolution=200, quality=80)
    return target.getvalue()


def workbook_list(plan: Invented) -> bytes:
    """A list with a title, sheets of notes, shelves as headings or as a column, a total below."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    heading, lines = listing(plan)
    rng, book = plan.rng, Workbook()
    sheet = book.active
    if rng.random() < 0.4:
        sheet.title = "Notes"
        sheet.append(["Please read", "Changed by the category team"])
        sheet = book.create_sheet("POG")
    for _ in range(int(rng.integers(0, 3))):
        sheet.append([TITLES[plan.seed % 5], None, "v3"])
    if rng.random() < 0.5:
        sheet.append([])
    sheet.append(heading)
    for line in lines:
        sheet.append([int(t) if t.isdecimal() and rng.random() < 0.8 else t for t in line])
    if rng.random() < 0.5:
        at = heading.index(plan.headings["facings"])
        sheet.append(["Total", *[None] * (at - 1), f"=SUM({chr(65 + at)}2:{chr(65 + at)}{sheet.max_row})"])
    sheet["A1"].font = Font(bold=True)
    return _saved(book)


def workbook_grid(plan: Invented) -> bytes:
    """Drawn in cells: names side by side, facings below, or each facing a cell, or spanning cells."""
    from openpyxl import Workbook

    rng, book = plan.rng, Workbook()
    sheet, style = book.active, (plan.seed + plan.held) % 4
    line = 1
    if rng.random() < 0.6:
        sheet.cell(1, 1, TITLES[plan.seed % 5])
        line = 3
    for r, row in enumerate(plan.rows, start=1):
        first = 2 if style != 3 else 1
        if style != 3:
            sheet.cell(line, 1, (f"Shelf {r}", str(r), chr(64 + r), "")[int(rng.integers(4)) if style else 0])
        column = first
        for e in row:
            name = written(e.product, style)
            if style == 0:
                sheet.cell(line, column, name)
                sheet.cell(line + 1, column, e.facings)
                column += 1
            elif style == 1:
                for k in range(e.facings):
                    sheet.cell(line, column + k, name)
                column += e.facings
            elif style == 2:
                sheet.cell(line, column, f"{name}\n{e.product.upc}\n{e.facings} facings")
                column += 1
            else:
                sheet.cell(line, column, name)
                if e.facings > 1:
                    sheet.merge_cells(start_row=line, end_row=line, start_column=column, end_column=column + e.facings - 1)
                column += e.facings
        line += (3, 1, 1, 2)[style]
    return _saved(book)


def csv_list(plan: Invented) -> bytes:
    """Commas, semicolons, tabs or bars; with or without a mark of its encoding."""
    heading, lines = listing(plan)
    rng, target = plan.rng, io.StringIO()
    between = str(rng.choice([",", ";", "\t", "|"]))
    writer = csv.writer(target, delimiter=between, quoting=csv.QUOTE_ALL if rng.random() < 0.4 else csv.QUOTE_MINIMAL)
    if rng.random() < 0.4:
        writer.writerow([TITLES[plan.seed % 5]])
    writer.writerows([heading, *lines])
    return target.getvalue().encode(("utf-8", "utf-8-sig", "cp1252", "utf-16")[plan.seed % 4])


def screen(plan: Invented) -> Image8:
    """A window with a spreadsheet: letters above, numbers aside, a light or dark look."""
    heading, lines = listing(plan)
    rng = plan.rng
    dark = plan.held and plan.seed % 3 == 0
    paper, ink, line_ink, bar = ((30, 31, 34), (228, 228, 230), (70, 72, 76), (44, 46, 50)) if dark else (
        (255, 255, 255), (25, 25, 28), (208, 210, 214), (240, 241, 243))
    size, step = 25, int(rng.integers(36, 44))
    font = face(plan.face, size)
    widths = [max(font.getlength(t) for t in column) + 26 for column in zip(heading, *lines, strict=True)] + [130, 130]
    wide, high = round(60 + sum(widths)), 150 + step * (len(lines) + 6)
    page = Image.new("RGB", (max(wide, 1_200), high), paper)
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, page.width, 100), fill=(24, 110, 66) if plan.seed % 2 else bar)
    pen.text((24, 20), "Book1.xlsx", fill="white" if plan.seed % 2 or dark else ink, font=font)
    pen.rectangle((0, 100, page.width, 100 + step), fill=bar)
    x = 60.0
    for c, width in enumerate(widths):
        pen.text((x + width / 2 - 8, 104), chr(65 + c), fill=ink, font=face(plan.face, size - 5))
        for n, line in enumerate([heading, *lines, *[[""] * len(heading)] * 4]):
            y = 100 + step * (n + 1)
            pen.rectangle((x, y, x + width, y + step), outline=line_ink)
            if c < len(heading):
                pen.text((x + 9, y + (step - size) / 2 - 3), line[c], fill=ink, font=font)
            elif c == len(heading):
                pen.text((14, y + 6), str(n + 1), fill=ink, font=face(plan.face, size - 6))
        x += width
    return np.asarray(page, np.uint8)


def _saved(book: object) -> bytes:
    target = io.BytesIO()
    book.save(target)  # type: ignore[attr-defined]
    return target.getvalue()
